-- 有哪些问题：各级别的问题个数
SELECT severity, status, count(*) AS n
FROM findings
GROUP BY severity, status
ORDER BY severity, status;

-- 先改哪里：每处原因一行，涉及问题多的在前
SELECT cause, any_value(unit_name) AS unit_name, any_value(year) AS year, count(*) AS n,
       first(message ORDER BY finding_id <> cause, severity, rule_id LIKE 'G-%', finding_id) AS message
FROM findings
WHERE status = 'open'
GROUP BY cause
ORDER BY n DESC, cause;

-- 问题在哪个单元格：每个错误的两边单元格和金额
SELECT f.rule_id, f.unit_name, f.year, f.message, c.role, c.file, c.sheet, c.cell, c.amount
FROM findings AS f
JOIN finding_cells AS c ON f.finding_id = c.finding_id
WHERE f.severity = 'error' AND c.role IN ('left', 'right')
ORDER BY f.unit_name, f.rule_id, c.role, c.cell;

-- 疑似填错的单元格：按疑似程度列出单元格和建议金额
SELECT f.unit_name, f.year, c.rank, c.file, c.sheet, c.cell, c.amount, c.suggested
FROM finding_cells AS c
JOIN findings AS f ON f.finding_id = c.finding_id
WHERE c.role = 'suspect'
ORDER BY f.unit_name, f.year, c.rank, c.cell;

-- 各单位收支总额：财决01表收入、支出两边的总计（万元）
SELECT unit_name, year, block, wan("决算数") AS 总计_万元
FROM z01
WHERE row_key = '总计'
ORDER BY unit_name, year, block;

-- 一个单位的常用数字：收支、财政拨款、三公经费，每年一行
SELECT unit_name, year, income, expense, fiscal_expense, basic_expense, project_expense,
       three_public, agency_running
FROM unit_years
ORDER BY unit_name, year;

-- 全部单位合计：只加没有下级的单位，一笔钱不算两次
SELECT year, count(*) AS units, sum(income) AS income, sum(expense) AS expense
FROM unit_years
WHERE is_leaf AND status <> 'missing'
GROUP BY year
ORDER BY year;

-- 按功能分类合计：各类支出（万元），用 leaf() 避免重复
SELECT f.year, f.row_key AS code, any_value(c.name) AS name, wan(sum(f.amount)) AS 支出_万元
FROM leaf() AS f
JOIN codes AS c ON c.code = f.row_key AND c.kind = 'functional' AND c.level = '类'
WHERE f.form = 'Z04' AND f.col_key = '本年支出合计'
GROUP BY f.year, f.row_key
ORDER BY f.year, f.row_key;

-- 按经济分类合计：基本支出和项目支出的各款
SELECT f.year, f.form, f.col_key AS code, any_value(c.name) AS name, sum(f.amount) AS amount
FROM leaf() AS f
JOIN codes AS c ON c.code = f.col_key AND c.kind = 'economic' AND c.level = '款'
WHERE f.form IN ('Z05_1', 'Z05_2') AND f.row_key = '合计'
GROUP BY f.year, f.form, f.col_key
ORDER BY f.year, f.form, f.col_key;

-- 汇总与下级之和：部门汇总表的支出与下级合计对照
SELECT p.unit_name, p.year, p.expense AS 汇总, sum(c.expense) AS 下级合计
FROM unit_years AS p
JOIN units AS u ON u.parent_code = p.unit_code
JOIN unit_years AS c ON c.unit_code = u.unit_code AND c.year = p.year
GROUP BY p.unit_name, p.year, p.expense
ORDER BY p.unit_name, p.year;

-- 两年变化：本年支出合计比上年增减
SELECT unit_name, year, expense,
       expense - lag(expense) OVER (PARTITION BY unit_name ORDER BY year) AS 增减
FROM unit_years
ORDER BY unit_name, year;

-- 预算执行：支出决算与年初预算、全年预算之比
SELECT unit_name, year, expense_budget, expense_revised, expense,
       round(100 * expense / nullif(expense_revised, 0), 2) AS 完成率
FROM unit_years
ORDER BY 完成率, unit_name, year;

-- 三公经费：各单位各年的预算与决算
SELECT unit_name, year, three_public_budget, three_public, abroad, vehicle_purchase,
       vehicle_running, reception, reception_groups, reception_guests
FROM unit_years
ORDER BY three_public DESC NULLS LAST, unit_name, year;

-- 人员与公用：基本支出的构成
SELECT unit_name, year, staff_expense, running_expense,
       round(100 * running_expense / nullif(basic_expense, 0), 2) AS 公用占比
FROM unit_years
ORDER BY unit_name, year;

-- 结转结余：年末结转和结余占总支出一成以上的单位
SELECT unit_name, year, closing_balance, expense_total
FROM unit_years
WHERE closing_balance > expense_total / 10
ORDER BY closing_balance DESC, unit_name;

-- 单位树：一个部门的全部单位及路径
SELECT path_names, unit_code, depth, report_type, is_leaf
FROM unit_tree
ORDER BY path;

-- 没有核对的检查：未执行的检查及原因
SELECT rule_id, reason, count(*) AS n
FROM check_results
WHERE outcome = 'not_evaluated'
GROUP BY rule_id, reason
ORDER BY n DESC, rule_id, reason;

-- 没有收到的报送：缺表或未报的单位，所缺的表写出表号
SELECT s.unit_name, s.year, s.status, string_agg(f.number, '、' ORDER BY f.form) AS 缺少
FROM submissions AS s
LEFT JOIN forms AS f ON list_contains(string_split(s.missing_forms, ','), f.form)
WHERE s.status <> 'complete'
GROUP BY s.unit_name, s.year, s.status
ORDER BY s.year, s.unit_name;

-- 没有读的文件：隔离和略过的文件及原因
SELECT file, status, reason
FROM files
WHERE status <> 'read'
ORDER BY file;

-- 已有的审核说明：谁、为什么、到何时，对上几个问题
SELECT file, number, rule_id, unit, year, reason, "by", until, state, findings
FROM explanations
ORDER BY state, until, file, number;

-- 数字的去向：每张表的数字总数与取数、未取数
SELECT form, sum(numbers) AS 总数, sum(facts_numbers) AS 取数, sum(structural) AS 行次栏次等,
       sum(left_out) AS 未取
FROM sheets
WHERE status = 'read'
GROUP BY form
ORDER BY form;
