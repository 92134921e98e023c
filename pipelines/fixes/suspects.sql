-- A row for each suspect of each cause, with whose cell it is, the form, its labels and the unit of money.
-- earlier_facts stands for last year's amounts where the set holds any.
WITH named AS (
    SELECT DISTINCT ON (f.cause, c.file, c.sheet, c.cell)
        f.cause,
        c.rank,
        c.file,
        c.sheet,
        c.cell,
        c.amount,
        c.suggested,
        c.quote,
        c."set" AS "set",
        f.unit_code,
        f.unit_name,
        f.year
    FROM finding_cells AS c
    INNER JOIN findings AS f ON c.finding_id = f.finding_id
    WHERE c.role = 'suspect' AND c.file IS NOT NULL AND f.status = $1
    ORDER BY f.cause, c.file, c.sheet, c.cell, c.rank NULLS LAST, c.suggested IS NULL
),

owned AS (
    SELECT DISTINCT ON (file, sheet)
        file, sheet, form, unit_code, unit_name, year, money_unit
    FROM sheets
    ORDER BY file, sheet, status <> 'read'
),

labelled AS (
    SELECT DISTINCT ON (file, sheet, cell)
        file, sheet, cell, form, unit_code, unit_name, year, row_label, col_label
    FROM (SELECT * FROM facts UNION ALL BY NAME SELECT * FROM earlier_facts)
    SEMI JOIN named USING (file, sheet, cell)
    ORDER BY file, sheet, cell, row_label
)

SELECT
    n.cause,
    n.rank,
    n.file,
    n.sheet,
    n.cell,
    n.amount,
    n.suggested,
    n.quote,
    n."set",
    coalesce(o.form, l.form) AS form,
    coalesce(o.money_unit, '元') AS money_unit,
    coalesce(
        o.unit_code, o.unit_name, l.unit_code, l.unit_name, n.unit_code, n.unit_name
    ) AS unit,
    coalesce(o.unit_name, l.unit_name, n.unit_name) AS unit_name,
    coalesce(o.year, l.year, n.year) AS year,
    l.row_label,
    l.col_label
FROM named AS n
LEFT JOIN owned AS o ON n.file = o.file AND n.sheet = o.sheet
LEFT JOIN labelled AS l ON n.file = l.file AND n.sheet = l.sheet AND n.cell = l.cell
ORDER BY n.cause, n.rank NULLS LAST, n.file, n.sheet, length(n.cell), n.cell
