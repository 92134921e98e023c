"""Writes ``docs/datasets.md``, the data dictionary, from the descriptions in ``schemas/`` and the
views built on them.

``python -m pipelines.publish.dictionary [--check] docs/datasets.md``
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from pipelines.pages import write_or_check
from pipelines.publish.datasets import PUBLISHED, sql_type
from pipelines.publish.views import MACROS, QUERIES, TABLE_MACROS, TREE, wide_columns
from schemas.library import forms

HEAD = """# 数据字典

由 `make docs` 按 `schemas/` 生成，不要手工修改。每个数据集在 `data/processed/current/` 下有两份，内容相同：
`caijue.duckdb` 中的表，和 `parquet/<数据集>/` 下的 Parquet 文件。金额一律为 DECIMAL(18,2)，单位元。
数据库可以用 DuckDB 1.0 及以后的版本打开（试过 1.0.0、1.4.1、2.0.0）。部门的汇总表与下级单位的表并列在同一张表里：
**求和请加 `WHERE is_leaf`，或从 `leaf()` 取数**，否则同一笔钱会算两次。不会 SQL 的用 `caijue browse`。

第一次查询：

```sql
-- duckdb -readonly data/processed/current/caijue.duckdb
SELECT unit_name, year, rule_id, message FROM findings WHERE severity = 'error';
```
"""  # noqa: E501 - a Markdown paragraph is one line


def dictionary() -> str:
    """The whole document."""
    parts = [HEAD, *_datasets(), *_macros(), *_views(), *_tree(), *_queries()]
    return "\n".join(parts).rstrip() + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _datasets() -> Iterator[str]:
    for dataset in PUBLISHED.values():
        yield f"## {dataset.name}\n\n{dataset.note}。\n"
        yield "| 栏目 | 类型 | 可空 | 含义 |\n| --- | --- | --- | --- |"
        for column in dataset.columns:
            yield (
                f"| `{column.name}` | {sql_type(column)} | {'是' if column.nullable else ''} |"
                f" {_cell(column.note)} |"
            )
        yield ""


def _macros() -> Iterator[str]:
    yield "## 宏\n\n| 宏 | 作用 |\n| --- | --- |"
    for head, (_, note) in {**MACROS, **TABLE_MACROS}.items():
        yield f"| `{head}` | {_cell(note)} |"
    yield ""


def _views() -> Iterator[str]:
    yield (
        "## 宽表视图\n\n每张表一个视图，每行一个项目：`unit_code`、`unit_name`、`year`、`block`、"
        "`row_key`、`row_label`、`report_type`、`is_leaf`，再加各金额栏。\n同样的宽表也在"
        " `parquet/wide/<表>.parquet`。\n"
    )
    yield "| 视图 | 表 | 金额栏 |\n| --- | --- | --- |"
    for form in forms().values():
        columns = [k for k, _ in wide_columns(form)]
        shown = "、".join(f"`{c}`" for c in columns[:4]) + (
            f" …… 共 {len(columns)} 栏" if len(columns) > 4 else ""
        )
        yield f"| `{form.form.lower()}` | {form.number} {form.title} | {_cell(shown)} |"
    yield ""


def _tree() -> Iterator[str]:
    yield "## 单位树\n\n视图 `unit_tree`：每个单位一行，写出它在部门中的路径。\n"
    yield "| 栏目 | 含义 |\n| --- | --- |"
    for column, note in TREE.items():
        yield f"| `{column}` | {_cell(note)} |"
    yield ""


def _queries() -> Iterator[str]:
    yield "## 查询示例\n\n数据库中的 `README` 表里也有这些查询。\n"
    for topic, note, query in QUERIES:
        yield f"### {topic}\n\n{note}。\n\n```sql\n{query};\n```\n"


if __name__ == "__main__":
    raise SystemExit(write_or_check(sys.argv[1:], dictionary()))
