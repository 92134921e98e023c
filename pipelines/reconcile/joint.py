"""What fails because of two wrong cells or more: the sum of a row in which two amounts are wrong is
settled by none of its cells alone, and would accuse the others.

What does not belong here: what several larger slips explain together (``hypotheses/choose.py``).
"""

from __future__ import annotations

import duckdb


def settle_jointly(con: duckdb.DuckDBPyConnection) -> None:
    """Changes ``rec_suspects``: an equality that holds once the cells chosen for what else fails,
    and those that a larger slip is told of, are as suggested accuses the former, and no others.

    A cell chosen for this equality alone is no witness: it was chosen for want of a better one.
    Nor does a figure that was moved to balance beside a wrong cell (``rec_moved``) accuse another.
    """
    con.execute("""
        CREATE OR REPLACE TEMP TABLE rec_joint AS
        WITH chosen AS (
            SELECT uy, key, rank, suggested, count(*) AS settles, min(inst) AS only
            FROM rec_suspects s ANTI JOIN rec_told t USING (uy, key)
            WHERE chosen AND suggested IS NOT NULL GROUP BY uy, key, rank, suggested
            UNION ALL SELECT uy, key, NULL, amt, 2, NULL FROM rec_told
        ), put_right AS (
            SELECT f.uy, f.inst, f.d, f.w, s.key, s.rank, s.suggested,
                sum(o.coef * (s.suggested - coalesce(o.amt, 0))) AS step
            FROM rec_failed f JOIN rec_checks c ON c.chk = f.chk AND c.cmp = '=' AND NOT c.rich
            JOIN rec_ops o ON o.uy = f.uy AND o.inst = f.inst AND o.scope IN (0, 3)
            JOIN chosen s ON s.uy = f.uy
                AND s.key = hash(o.form, o.block, o.row_key, o.col_key)
                AND (s.settles > 1 OR s.only <> f.inst)
            GROUP BY ALL
        ), held AS (
            SELECT uy, inst FROM put_right GROUP BY uy, inst
            HAVING count(*) > 1 AND count(rank) > 0
                AND abs(any_value(d) + sum(step)) <= any_value(w)
            UNION SELECT uy, inst FROM rec_moved
        )
        SELECT uy, inst, key, rank, suggested FROM put_right SEMI JOIN held USING (uy, inst)
        WHERE rank IS NOT NULL;
        DELETE FROM rec_suspects WHERE (uy, inst) IN (SELECT (uy, inst) FROM rec_joint);
        INSERT INTO rec_suspects SELECT uy, inst, key, rank, suggested, true FROM rec_joint
    """)
