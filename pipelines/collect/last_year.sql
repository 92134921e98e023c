-- Forms whose largest amount is some ten thousand times last year's, or a ten-thousandth of it.
-- A factor of 3,000 to 30,000 leaves room for amounts that grew or shrank threefold besides.
WITH every_year AS (
    SELECT coalesce(unit_code, unit_name) AS unit, unit_code, unit_name, year, form, file, sheet, cell, amount
    FROM facts WHERE state = 'number' AND amount <> 0
    UNION ALL
    SELECT coalesce(unit_code, unit_name), unit_code, unit_name, year, form, NULL, NULL, NULL, amount
    FROM $prior WHERE state = 'number' AND amount <> 0
),
totals AS (
    SELECT unit, year, form, max(abs(amount)) AS largest,
           arg_max({file: file, sheet: sheet, cell: cell, unit_code: unit_code, unit_name: unit_name}, abs(amount)) AS spot
    FROM every_year
    -- 三公 tables count vehicles, people and visits too; 年初结转调整 is nearly nothing in most years
    WHERE form NOT IN ('F03', 'CS01_1') GROUP BY ALL
)
SELECT now.unit, now.year, now.form, now.spot, now.largest, before.largest,
       now.largest / before.largest BETWEEN 3000 AND 30000 AS larger,
       before.largest / now.largest BETWEEN 3000 AND 30000 AS smaller
FROM totals now
JOIN totals before ON before.unit = now.unit AND before.form = now.form AND before.year = now.year - 1
WHERE now.spot.file IS NOT NULL
ORDER BY now.unit, now.year, now.form
