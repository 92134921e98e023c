-- rec_words: an operand in words; one row for each that stands in the formula itself or on a sheet.
--   place, value: as the whole formula says it; title is said once where operands follow in one table
--   who, number, cell, row_name, col_name: as lists say it
--   money: the unit of its sheet where that is not 元; mixed: any operand of the instance has one
--   told: what lists count; blank addends only where nothing else is there
CREATE OR REPLACE TEMP TABLE rec_units AS
SELECT file, sheet, any_value(money_unit) AS money
FROM sheets
WHERE status = 'read' AND money_unit IN ($units)
GROUP BY file, sheet;

-- Lines that a published table does have, told from lines that it leaves out.
CREATE OR REPLACE TEMP TABLE rec_listed AS
SELECT DISTINCT o.uy, o.form, o.block, o.row_key
FROM (
    SELECT DISTINCT uy, form, block, row_key
    FROM rec_ops
    WHERE NOT present AND scope = 0 AND form IN (SELECT form FROM rec_titles WHERE published)
) AS o
JOIN rec_uy AS u USING (uy)
JOIN lines AS l
    ON coalesce(l.unit_code, l.unit_name) = u.unit AND l.year = u.year
    AND l.form = o.form AND l.block = o.block AND l.row_key = o.row_key;

CREATE OR REPLACE TEMP TABLE rec_said_ops AS
SELECT
    o.uy, o.inst, o.side, o.coef, o.amt, o.form, o.block, o.row_key, o.col_key, o.cell, o.scope,
    coalesce(o.row_label, max(o.row_label) OVER same_row) AS row_label,
    coalesce(o.col_label, max(o.col_label) OVER same_col) AS col_label,
    w.form IS NOT NULL AS whole,
    coalesce(t.title, o.form) AS title,
    coalesce(t.number, o.form) AS number,
    CASE o.side WHEN 1 THEN -1 ELSE 1 END AS flip,
    c.scale,
    CASE WHEN w.form IS NULL THEN h.money END AS money,
    f.unit_name AS below,
    w.form IS NULL AND NOT o.present AND coalesce(t.published, false) AS unlisted,
    CASE
        WHEN o.amt IS NOT NULL AND w.form IS NOT NULL
            THEN rec_figure(o.amt, true) || rec_measure(o.row_key)
        WHEN o.amt IS NOT NULL THEN NULL
        WHEN o.present THEN $blank
        WHEN coalesce(t.published, false) AND o.row_key <> '合计' AND k.row_key IS NULL
            THEN $unlisted
        ELSE $absent
    END AS figure,
    row_number() OVER (
        PARTITION BY o.uy, o.inst, o.side
        ORDER BY abs(coalesce(o.amt, 0)) DESC, o.form, o.row_key, o.col_key, o.cell,
            o.scope, o.block, o.file, o.sheet, o.rid
    ) AS n,
    count(*) OVER (PARTITION BY o.uy, o.inst, o.side) AS many
FROM rec_ops AS o
JOIN rec_checks AS c ON c.chk = o.chk
LEFT JOIN rec_titles AS t ON t.form = o.form
LEFT JOIN rec_whole AS w ON w.form = o.form AND w.row_key = o.row_key
LEFT JOIN rec_units AS h ON h.file = o.file AND h.sheet = o.sheet
LEFT JOIN (SELECT rid, unit_name FROM rec_facts SEMI JOIN rec_wanted USING (rid)) AS f
    ON f.rid = o.rid AND o.scope = 2
LEFT JOIN rec_listed AS k
    ON k.uy = o.uy AND k.form = o.form AND k.block = o.block AND k.row_key = o.row_key
WHERE o.op <> $named AND (o.single OR o.present)
WINDOW
    same_row AS (PARTITION BY o.uy, o.inst, o.row_key),
    same_col AS (PARTITION BY o.uy, o.inst, o.col_key);

CREATE OR REPLACE TEMP TABLE rec_words AS
SELECT
    * EXCLUDE (figure),
    CASE WHEN coef * flip < 0 THEN '减 ' ELSE '' END
    || CASE
        WHEN who || form = lag(who || form, 1, '') OVER (PARTITION BY uy, inst, side ORDER BY n)
            THEN ''
        ELSE who || title
    END
    || '“' || CASE WHEN block = '' THEN '' ELSE block || '/' END
    || rec_named_key(row_key, row_label) || '·' || rec_named_key(col_key, col_label) || '”' AS place,
    coalesce(figure, rec_amount(amt, money, mixed))
    || CASE
        WHEN abs(coef) = scale THEN ''
        ELSE ' × ' || regexp_replace((abs(coef) / scale)::DECIMAL(9, 4)::VARCHAR, '\.?0+$$', '')
    END AS value,
    rec_short_name(row_key, row_label, cell IS NOT NULL) AS row_name,
    rec_short_name(col_key, col_label, cell IS NOT NULL) AS col_name,
    row_number() OVER (PARTITION BY uy, inst, side, told ORDER BY n) AS place_number
FROM (
    SELECT
        *,
        CASE scope
            WHEN 1 THEN $before
            WHEN 2 THEN coalesce('下级（' || below || '）', '下级')
            ELSE ''
        END AS who,
        coalesce(amt, 0) <> 0 OR NOT bool_or(coalesce(amt, 0) <> 0) OVER one_side AS told,
        bool_or(money IS NOT NULL OR unlisted) OVER (PARTITION BY uy, inst) AS mixed
    FROM rec_said_ops
    WINDOW one_side AS (PARTITION BY uy, inst, side)
);
