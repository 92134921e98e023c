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
