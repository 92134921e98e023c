-- Amounts (unit, year, form, amount, and whatever else ``$amounts`` has of them) with where each stands:
-- first by cell, then by file and sheet.
SELECT l.*,
       arg_min({file: file, sheet: sheet, cell: cell, unit_code: unit_code, unit_name: unit_name},
               {cell: cell, file: file, sheet: sheet}) AS spot
FROM facts f
JOIN $amounts l ON l.unit = coalesce(f.unit_code, f.unit_name) AND l.year = f.year AND l.form = f.form
                AND l.amount = abs(f.amount)
WHERE f.state = 'number'
GROUP BY ALL
