-- A row for each cause: how much it settles, and the finding that says best what it is.
-- Whole-sheet causes and structural findings (S-) lead, roll-ups (G-) follow what they roll up.
WITH held AS (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY cause
            ORDER BY
                list_position(['error', 'review', 'hint'], severity),
                starts_with(rule_id, 'S-') DESC,
                starts_with(rule_id, 'G-'),
                rule_id,
                finding_id
        ) AS place
    FROM findings
    WHERE status = $1
),

counted AS (
    SELECT
        cause,
        count(*)::INTEGER AS settles,
        (count(*) FILTER (severity = 'error'))::INTEGER AS errors,
        max(abs(difference)) AS gap,
        list_sort(list(DISTINCT coalesce(unit_name, unit_code)) FILTER (unit_name IS NOT NULL)) AS others
    FROM held
    GROUP BY cause
),

places AS (
    SELECT c.finding_id, min_by(s.form, c.role) AS form, min_by(c.cell, c.role) AS cell
    FROM finding_cells AS c
    INNER JOIN held AS h ON c.finding_id = h.finding_id AND h.place = 1
    INNER JOIN sheets AS s ON c.file = s.file AND c.sheet = s.sheet
    WHERE c.cell IS NOT NULL
    GROUP BY c.finding_id
),

titles AS (
    SELECT rule_id, any_value(title) AS title FROM rules GROUP BY rule_id
)

SELECT
    h.cause,
    h.severity,
    coalesce(h.unit_code, h.unit_name) AS unit,
    h.unit_name,
    h.year,
    h.rule_id,
    coalesce(t.title, h.rule_id) AS rule_title,
    h.finding_id,
    h.message,
    p.form,
    p.cell,
    c.settles,
    c.errors,
    c.gap,
    c.others
FROM held AS h
INNER JOIN counted AS c ON h.cause = c.cause
LEFT JOIN places AS p ON h.finding_id = p.finding_id
LEFT JOIN titles AS t ON h.rule_id = t.rule_id
WHERE h.place = 1
