-- The operands of one finding: filled cells, blank cells of lines that stand on the sheet, and cells
-- that the formula names and no sheet has. What stands in braces is filled in by
-- explain.py; names after a dollar sign are parameters.
WITH about AS (
    SELECT i.* FROM rec_instances i JOIN rec_subjects s ON s.chk = i.chk
    WHERE s.form || '[' || CASE WHEN s.block = '' THEN ''
        ELSE s.block || '/' END || {subject_row} || ',' || {subject_column} || ']' || s.suffix
        = $subject
), meant AS (
    SELECT DISTINCT o.chk, o.side, o.scope, o.coef, o.form, o.block, o.opened,
           {row} AS row_t, {column} AS col_t
    FROM about i JOIN rec_operands o ON o.chk = i.chk
), filled AS (
    SELECT s.chk, s.side, s.scope, s.coef, f.form, f.block, f.row_key, f.row_label,
           f.col_key, f.col_label, f.amount, f.file,
           f.sheet, f.cell, f.unit_name, f.raw
    FROM (SELECT i.chk, t.* FROM about i JOIN rec_terms t USING (inst)) s
    JOIN facts f ON xor(hash(f.form, f.block, f.row_key, f.col_key), s.scope::UBIGINT) =
        s.key
    WHERE {owner_of_fact}
), blank AS (
    SELECT DISTINCT s.chk, s.side, s.scope, s.coef, s.form, s.block, l.row_key, l.row_label,
           y.col_key, y.col_label,
           NULL::DECIMAL(18,2) AS amount, h.file, h.sheet, y.letter || l.row AS cell,
           l.unit_name, '' AS raw
    FROM meant s JOIN lines l ON l.form = s.form AND l.block = s.block
        AND CASE WHEN s.opened THEN regexp_full_match(l.row_key, s.row_t)
            ELSE l.row_key = s.row_t END
    JOIN sheets h ON h.file = l.file AND h.sheet = l.sheet AND h.form = l.form
        AND h.status = 'read'
    JOIN layouts y ON y.layout = h.layout AND y.form = s.form AND y.block = s.block
        AND y.panel = l.panel
        AND CASE WHEN s.opened THEN regexp_full_match(y.col_key, s.col_t)
            ELSE y.col_key = s.col_t END
    ANTI JOIN filled f ON f.side = s.side AND f.scope = s.scope AND f.file = h.file
        AND f.sheet = h.sheet AND f.cell = y.letter || l.row
    WHERE {owner_of_line}
), here AS (SELECT * FROM filled UNION ALL SELECT * FROM blank)
SELECT * FROM here
UNION ALL
SELECT s.chk, s.side, s.scope, s.coef, s.form, s.block, s.row_t, NULL,
       s.col_t, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM meant s ANTI JOIN here h ON h.side = s.side AND h.scope = s.scope AND h.form = s.form
    AND h.block = s.block
    AND h.row_key = s.row_t AND h.col_key = s.col_t
WHERE NOT s.opened
ORDER BY side, scope, form, row_key, col_key, unit_name, cell
