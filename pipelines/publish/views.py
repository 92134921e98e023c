"""What analysts find in the database besides the tables: macros, a wide view per form, a README
with queries.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pipelines.publish.datasets import PUBLISHED, name, quoted
from schemas.library import Form
from schemas.queries import read_queries

KEYS = (
    ("unit_code", "单位编码"),
    ("unit_name", "单位名称"),
    ("year", "会计年度"),
    ("block", "表格的分块"),
    ("row_key", "行键：科目编码，或项目名称"),
    ("row_label", "行名称，按原表所印"),
    ("report_type", "报表类型：单户、汇总"),
    ("is_leaf", "单位是否没有下级：部门的汇总表与下级并列，求和请只取为真的"),
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
        (
            "两个印出的金额能否是同一个数：差额不超过各自舍入所允许的范围；da、db 为各自的"
            " facts.decimals"
        ),
    ),
    "amount_of(u, y, f, r, c)": (
        (
            "(SELECT max(amount) FROM facts WHERE coalesce(unit_code, unit_name) = u AND year = y"
            " AND form = f AND row_key = r AND col_key = c)"
        ),
        "一个单元格的金额：单位编码（无编码的为名称）、年度、表格、行键、栏键；同键多块时取最大值",
    ),
}

TABLE_MACROS = {
    "leaf()": (
        "SELECT * FROM facts WHERE is_leaf",
        (
            "没有下级的单位的事实：部门汇总表不在其中，求和不会把一笔钱算两次，如 FROM leaf() WHERE"
            " form = 'Z04'"
        ),
    ),
}

QUERIES = tuple(read_queries())


def extras(library: Mapping[str, Form]) -> list[str]:
    """The statements that add macros, the README table, a wide view per form and every COMMENT to
    the tables.
    """
    return [*_macros(), *_readme(), *_views(library), *_tree(), *_comments()]


def _macros() -> Iterator[str]:
    for head, (body, note) in MACROS.items():
        yield f"CREATE MACRO {head} AS {body}"
        yield f"COMMENT ON MACRO {head.split('(')[0]} IS {quoted(note)}"
    for head, (body, note) in TABLE_MACROS.items():
        yield f"CREATE MACRO {head} AS TABLE {body}"
        yield f"COMMENT ON MACRO TABLE {head.split('(')[0]} IS {quoted(note)}"


def _readme() -> Iterator[str]:
    yield (
        'CREATE TABLE "README" (no INTEGER NOT NULL, topic VARCHAR NOT NULL, note VARCHAR NOT NULL,'
        " query VARCHAR NOT NULL)"
    )
    for number, (topic, note, query) in enumerate(QUERIES, 1):
        yield (
            f'INSERT INTO "README" VALUES ({number}, {quoted(topic)}, {quoted(note)},'
            f" {quoted(query)})"
        )
    yield "COMMENT ON TABLE \"README\" IS '从这里开始：可以直接运行的查询示例'"
    for column, note in (
        ("no", "序号"),
        ("topic", "问题"),
        ("note", "说明"),
        ("query", "查询语句（SQL）"),
    ):
        yield f'COMMENT ON COLUMN "README".{column} IS {quoted(note)}'


def wide_columns(form: Form) -> list[tuple[str, str]]:
    """The amount columns of a form over all its blocks, as (key, label), in their order,
    each once.
    """
    found: dict[str, str] = {}
    for columns in (form.columns, *(b.columns for b in form.blocks)):
        for column in columns:
            found.setdefault(column.key, column.label or column.key)
    return list(found.items())


def _views(library: Mapping[str, Form]) -> Iterator[str]:
    for form in library.values():
        columns = wide_columns(form)
        view = name(form.form.lower())
        yield f"CREATE VIEW {view} AS {wide_sql(form)}"
        note = (
            f"{form.number} {form.title}：每行一个项目，每栏一个金额，"
            "单位：元（计数项为其自身单位）；求和请加 WHERE is_leaf"
        )
        yield f"COMMENT ON VIEW {view} IS {quoted(note)}"
        for key, label in (*KEYS, *columns):
            yield f"COMMENT ON COLUMN {view}.{name(key)} IS {quoted(label)}"


_LINE = "unit_code, unit_name, year, block, row_key"
_OF_LINE = ", ".join(f"any_value({c}) AS {c}" for c in ("row_label", "report_type", "is_leaf"))


def wide_sql(form: Form) -> str:
    """A row a line: its amounts as a map, then a column a key; of a key that a line has twice the
    larger amount.

    An aggregate for each of a form's hundred columns takes ten times as long.
    """
    keys = [key for key, _ in wide_columns(form)]
    amounts = ", ".join(f"amounts[{quoted(key)}] AS {name(key)}" for key in keys)
    cells = (
        f"SELECT {_LINE}, col_key, max(amount) AS amount, {_OF_LINE} FROM facts"
        f" WHERE form = {quoted(form.form)} GROUP BY {_LINE}, col_key"
    )
    lines = (
        f"SELECT {_LINE}, {_OF_LINE}, map_from_entries(list((col_key, amount))) AS amounts"
        f" FROM ({cells}) GROUP BY {_LINE}"
    )
    return f"SELECT {_LINE}, row_label, report_type, is_leaf, {amounts} FROM ({lines})"


def lines_sql(of_forms: Iterable[str]) -> str:
    """A row a line of these forms, with its keys and amounts in two lists; form by form, sorted by
    unit, year and line.
    """
    listed = ", ".join(map(quoted, of_forms))
    line = f"form, {_LINE}"
    return (
        f"SELECT {line}, {_OF_LINE}, list(col_key) AS col_keys, list(amount) AS amounts"
        f" FROM facts WHERE form IN ({listed}) GROUP BY {line} ORDER BY {line}"
    )


TREE = {
    "unit_code": "单位编码",
    "unit_name": "单位名称",
    "parent_code": "上级单位编码",
    "path": "自部门起的单位编码，以 / 相连",
    "path_names": "自部门起的单位名称，以 / 相连",
    "depth": "在名册中的层级，部门为 0",
    "report_type": "报表类型：单户、汇总",
    "is_leaf": "是否没有下级",
}


def _tree() -> Iterator[str]:
    yield """CREATE VIEW unit_tree AS
        WITH RECURSIVE tree(unit_code, path, path_names, depth) AS (
            SELECT unit_code, unit_code, unit_name, 0 FROM units WHERE parent_code IS NULL
            UNION ALL
            SELECT u.unit_code, t.path || '/' || u.unit_code, t.path_names || '/' || u.unit_name,
                   t.depth + 1
            FROM units u JOIN tree t ON u.parent_code = t.unit_code WHERE t.depth < 20
        )
        SELECT u.unit_code, u.unit_name, u.parent_code, t.path, t.path_names, t.depth,
               u.report_type,
               NOT EXISTS (SELECT 1 FROM units c WHERE c.parent_code = u.unit_code) AS is_leaf
        FROM units u LEFT JOIN tree t USING (unit_code)"""
    yield "COMMENT ON VIEW unit_tree IS '单位树：每个单位一行，写出它在部门中的路径'"
    for column, note in TREE.items():
        yield f"COMMENT ON COLUMN unit_tree.{column} IS {quoted(note)}"


def _comments() -> Iterator[str]:
    for dataset in PUBLISHED.values():
        yield f"COMMENT ON TABLE {name(dataset.name)} IS {quoted(dataset.note)}"
        for column in dataset.columns:
            yield (
                f"COMMENT ON COLUMN {name(dataset.name)}.{name(column.name)} IS"
                f" {quoted(column.note)}"
            )
