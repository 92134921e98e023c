"""What analysts find in the database besides the tables: macros, a wide view per form, a README with queries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipelines.publish.datasets import PUBLISHED, name, quoted
from schemas.library import Form

KEYS = (
    ("unit_code", "单位编码"),
    ("unit_name", "单位名称"),
    ("year", "会计年度"),
    ("block", "表格的分块"),
    ("row_key", "行键：科目编码，或项目名称"),
    ("row_label", "行名称，按原表所印"),
)

MACROS = {
    "wan(x)": (
        "x * 0.0001::DECIMAL(5, 4)",
        "元折合万元，精确到小数点后六位：wan(12345.67) = 1.234567",
    ),
    "half_width(d)": (
        "CASE WHEN d >= 2 THEN 0 ELSE 5 * power(10, -d - 1) END::DECIMAL(18, 2)",
        "印出的数字所代表的区间的一半，单位：元；d 为 facts.decimals，两位小数的万元表（-2）为 50",
    ),
    "consistent(a, b, da := 2, db := 2)": (
        "abs(a - b) <= half_width(da) + half_width(db)",
        "两个印出的金额能否是同一个数：差额不超过各自舍入所允许的范围；da、db 为各自的 facts.decimals",
    ),
    "amount_of(u, y, f, r, c)": (
        "(SELECT max(amount) FROM facts WHERE coalesce(unit_code, unit_name) = u AND year = y AND form = f"
        " AND row_key = r AND col_key = c)",
        "一个单元格的金额：单位编码（无编码的为名称）、年度、表格、行键、栏键；同键多块时取最大值",
    ),
}

QUERIES = (
    (
        "有哪些问题",
        "各级别的问题条数",
        "SELECT severity, status, count(*) AS n FROM findings GROUP BY ALL ORDER BY ALL",
    ),
    (
        "问题在哪个单元格",
        "每条错误的两边单元格和金额",
        "SELECT f.rule_id, f.unit_name, f.year, f.message, c.role, c.file, c.sheet, c.cell, c.amount\n"
        "FROM findings f JOIN finding_cells c USING (finding_id)\n"
        "WHERE f.severity = 'error' AND c.role IN ('left', 'right') ORDER BY f.unit_name, f.rule_id, c.role",
    ),
    (
        "最可能填错的单元格",
        "按疑似程度列出单元格和建议金额",
        "SELECT f.unit_name, f.year, c.rank, c.file, c.sheet, c.cell, c.amount, c.suggested\n"
        "FROM finding_cells c JOIN findings f USING (finding_id)\n"
        "WHERE c.role = 'suspect' ORDER BY f.unit_name, f.year, c.rank",
    ),
    (
        "各单位收支总额",
        "财决01表收入、支出两边的总计（万元）",
        'SELECT unit_name, year, block, wan("决算数") AS 总计_万元 FROM z01\n'
        "WHERE row_key = '总计' ORDER BY unit_name, year, block",
    ),
    (
        "两年变化",
        "本年支出合计比上年增减",
        "SELECT unit_name, year, amount, amount - lag(amount) OVER (PARTITION BY unit_name ORDER BY year) AS 增减\n"
        "FROM facts WHERE form = 'Z04' AND row_key = '合计' AND col_key = '本年支出合计' ORDER BY unit_name, year",
    ),
    (
        "没有核对的检查",
        "未执行的检查及原因",
        "SELECT rule_id, reason, count(*) AS n FROM check_results WHERE outcome = 'not_evaluated'\n"
        "GROUP BY ALL ORDER BY n DESC, rule_id, reason",
    ),
    (
        "没有收到的报送",
        "缺表或未报的单位",
        "SELECT * FROM submissions WHERE status <> 'complete' ORDER BY year, unit_name",
    ),
    (
        "没有读的文件",
        "隔离和略过的文件及原因",
        "SELECT file, status, reason FROM files WHERE status <> 'read' ORDER BY file",
    ),
    (
        "数字的去向",
        "每张表的数字总数与取数、未取数",
        "SELECT form, sum(numbers) AS 总数, sum(facts_numbers) AS 取数, sum(structural) AS 行次栏次等,\n"
        "       sum(left_out) AS 未取 FROM sheets WHERE status = 'read' GROUP BY form ORDER BY form",
    ),
)


def extras(library: Mapping[str, Form]) -> list[str]:
    """The statements that add macros, the README table, a wide view per form and every COMMENT to the tables."""
    return [*_macros(), *_readme(), *_views(library), *_comments()]


def _macros() -> Iterator[str]:
    for head, (body, note) in MACROS.items():
        yield f"CREATE MACRO {head} AS {body}"
        yield f"COMMENT ON MACRO {head.split('(')[0]} IS {quoted(note)}"


def _readme() -> Iterator[str]:
    yield 'CREATE TABLE "README" (no INTEGER NOT NULL, topic VARCHAR NOT NULL, note VARCHAR NOT NULL, query VARCHAR NOT NULL)'
    for number, (topic, note, query) in enumerate(QUERIES, 1):
        yield f'INSERT INTO "README" VALUES ({number}, {quoted(topic)}, {quoted(note)}, {quoted(query)})'
    yield "COMMENT ON TABLE \"README\" IS '从这里开始：可以直接运行的查询示例'"
    for column, note in (
        ("no", "序号"),
        ("topic", "问题"),
        ("note", "说明"),
        ("query", "查询语句（SQL）"),
    ):
        yield f'COMMENT ON COLUMN "README".{column} IS {quoted(note)}'


def wide_columns(form: Form) -> list[tuple[str, str]]:
    """The amount columns of a form over all its blocks, as (key, label), in their order, each once."""
    found: dict[str, str] = {}
    for columns in (form.columns, *(b.columns for b in form.blocks)):
        for column in columns:
            found.setdefault(column.key, column.label or column.key)
    return list(found.items())


def _views(library: Mapping[str, Form]) -> Iterator[str]:
    for form in library.values():
        columns = wide_columns(form)
        view = name(form.form.lower())
        amounts = ", ".join(
            f"max(amount) FILTER (col_key = {quoted(k)}) AS {name(k)}" for k, _ in columns
        )
        yield (
            f"CREATE VIEW {view} AS SELECT unit_code, unit_name, year, block, row_key,"
            f" any_value(row_label) AS row_label, {amounts} FROM facts WHERE form = {quoted(form.form)}"
            " GROUP BY unit_code, unit_name, year, block, row_key"
        )
        note = f"{form.number} {form.title}：每行一个项目，每栏一个金额，单位：元（计数项为其自身单位）"
        yield f"COMMENT ON VIEW {view} IS {quoted(note)}"
        for key, label in (*KEYS, *columns):
            yield f"COMMENT ON COLUMN {view}.{name(key)} IS {quoted(label)}"


def _comments() -> Iterator[str]:
    for dataset in PUBLISHED.values():
        yield f"COMMENT ON TABLE {name(dataset.name)} IS {quoted(dataset.note)}"
        for column in dataset.columns:
            yield f"COMMENT ON COLUMN {name(dataset.name)}.{name(column.name)} IS {quoted(column.note)}"
