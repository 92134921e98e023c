-- rec_sides: a side of a failing instance; side 2 is what the sides may differ by.
--   money: the one unit of all amounts of the side, NULL where they have several
--   plain: one cell as it stands, without factor or sign
--   listed: the largest operands with full names; places: the largest with short ones
CREATE OR REPLACE TEMP TABLE rec_sides AS
SELECT
    uy, inst, side,
    max(many) AS many,
    bool_and(whole) AS whole,
    sum(amt * coef) AS total,
    bool_or(mixed) AS mixed,
    CASE
        WHEN count(DISTINCT coalesce(money, '元')) FILTER (amt IS NOT NULL) = 1
            THEN any_value(money) FILTER (amt IS NOT NULL)
    END AS money,
    count(amt) > 0 AS filled,
    max(abs(coef)) = 1 AND min(coef * flip) > 0 AS plain,
    string_agg(place || ' ' || value, '、' ORDER BY n) FILTER (n <= $most) AS listed,
    count(*) FILTER (told) AS told,
    bool_and(abs(coef) = scale AND coef * flip > 0) FILTER (told) AS alike,
    bool_and(scope = 2) FILTER (told) AS below,
    min_by(who, n) FILTER (told) AS who,
    min_by(number, n) FILTER (told) AS number,
    min_by(row_name, n) FILTER (told) AS row_name,
    min_by(col_name, n) FILTER (told) AS col_name,
    min_by(coalesce(cell, ''), n) FILTER (told) AS cell,
    min_by(value, n) FILTER (told) AS value,
    count(DISTINCT who || number) FILTER (told AND place_number <= $most_places) = 1 AS one_table,
    string_agg(
        coalesce(cell, '“' || concat_ws('·', row_name, col_name) || '”'), '、' ORDER BY n
    ) FILTER (told AND place_number <= $most_places) AS cells,
    string_agg(
        who || number || ' ' || coalesce(cell, '“' || concat_ws('·', row_name, col_name) || '”'),
        '、' ORDER BY n
    ) FILTER (told AND place_number <= $most_places) AS places
FROM rec_words
GROUP BY uy, inst, side;

-- rec_totals: the amounts of a message, a row each: of a side, or between the sides.
--   what: left, right (counted with the opposite sign), gap (without sign), difference
--   whole, money, mixed: how it is written; a difference in the unit of both sides where they have the same
CREATE OR REPLACE TEMP TABLE rec_totals AS
WITH sides AS (
    SELECT
        n.uy, n.inst,
        coalesce(rec_scaled(l.total, n.scale), 0::HUGEINT) AS l_fen,
        -1 * coalesce(rec_scaled(r.total, n.scale), 0::HUGEINT) AS r_fen,
        rec_scaled(n.d, n.scale) AS d_fen,
        n.scale,
        l.whole AS l_whole, l.money AS l_money, l.mixed AS l_mixed,
        r.whole AS r_whole, r.money AS r_money, r.mixed AS r_mixed,
        coalesce(l.whole, true) AND coalesce(r.whole, true) AS whole,
        coalesce(l.mixed, false) OR coalesce(r.mixed, false) AS mixed,
        CASE
            WHEN NOT coalesce(l.filled, false) THEN r.money
            WHEN NOT coalesce(r.filled, false) THEN l.money
            WHEN l.money = r.money THEN l.money
        END AS money
    FROM rec_names AS n
    LEFT JOIN rec_sides AS l ON l.uy = n.uy AND l.inst = n.inst AND l.side = 0
    LEFT JOIN rec_sides AS r ON r.uy = n.uy AND r.inst = n.inst AND r.side = 1
)

SELECT uy, inst, 'left' AS what, l_fen AS fen, l_whole AS whole, l_money AS money, l_mixed AS mixed
FROM sides
UNION ALL SELECT uy, inst, 'right', r_fen, r_whole, r_money, r_mixed FROM sides
UNION ALL SELECT uy, inst, 'gap', abs(d_fen), whole, money, mixed FROM sides
UNION ALL SELECT
    uy, inst, 'difference', CASE WHEN scale > 1 THEN abs(d_fen) ELSE d_fen END, whole, money, mixed
FROM sides;

CREATE OR REPLACE TEMP TABLE rec_amounts AS
SELECT
    uy, inst,
    max(text) FILTER (what = 'left') AS left_amount,
    max(text) FILTER (what = 'right') AS right_amount,
    max(text) FILTER (what = 'gap') AS gap,
    max(text) FILTER (what = 'difference') AS difference
FROM (
    SELECT
        uy, inst, what,
        CASE WHEN whole THEN rec_figure(fen, true) ELSE rec_amount(fen, money, mixed) END AS text
    FROM rec_totals
)
GROUP BY uy, inst;

-- rec_empty: the tables of a side that holds nothing, for a condition, such as "there is none here".
CREATE OR REPLACE TEMP TABLE rec_empty AS
SELECT o.chk, o.side, string_agg(DISTINCT t.number, '、') || '没有数' AS said
FROM rec_operands AS o
JOIN rec_titles AS t USING (form)
WHERE o.chk IN (SELECT chk FROM rec_names WHERE sign = '与')
GROUP BY o.chk, o.side;
