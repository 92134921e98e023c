-- The largest distinct amounts of every form, by their leading digits: what the same figure shows in any money unit.
-- ``digits``: the first four significant digits, rounded; ``size``: how many digits the amount has in 分.
WITH distinct_amounts AS (
    SELECT DISTINCT coalesce(unit_code, unit_name) AS unit, year, form, abs(amount) AS amount
    FROM facts
    WHERE state = 'number' AND abs(amount) >= 10
),
largest AS (
    SELECT *, row_number() OVER (PARTITION BY unit, year, form ORDER BY amount DESC) AS rank
    FROM distinct_amounts
    QUALIFY rank <= $kept
),
sized AS (
    SELECT *, length(CAST(CAST(CAST(amount AS DECIMAL(24, 2)) * 100 AS HUGEINT) AS VARCHAR)) AS length
    FROM largest
),
rounded AS (
    SELECT *, CAST(round((CAST(amount AS DOUBLE) * 100) / pow(10, length - 4)) AS BIGINT) AS first_four
    FROM sized
)
-- 9999.6 rounds to 10000: one digit more
SELECT unit, year, form, rank, amount,
       CASE WHEN first_four = 10000 THEN 1000 ELSE first_four END AS digits,
       CASE WHEN first_four = 10000 THEN length + 1 ELSE length END AS size
FROM rounded
