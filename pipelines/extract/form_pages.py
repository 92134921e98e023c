"""Writes ``docs/forms.md``: every key of a form's YAML, from the descriptions in the model itself.

``python -m pipelines.extract.form_pages [--check] docs/forms.md``
"""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from pipelines.pages import write_or_check
from schemas.library import FORMS_DIR, Block, Column, Form, Row, Shape, Years, forms
from schemas.yamlfile import read_yaml

HEAD = """# 表格的写法

由 `make docs` 按 `schemas/library.py` 生成，不要手工修改。一张表格是一个 YAML 文件：随附的在 `schemas/forms/`，本单位的放在设置
`forms_folders` 所列的文件夹，代号（`form`）相同的以本单位的为准。读取、行键、样例和文档都由它而来。写错的地方，任何命令都会指出文件、行、
名称和可用的值（退出码 2），`caijue doctor` 也会列出。

表按印在表上的表号或表名认，与工作表名称、位置无关；栏按表头文字、行按项目名称或科目编码认，与先后无关。空格、换行、全角半角、编号、
`其中：` 和括号中的单位不影响辨认。
"""  # noqa: E501 - a Markdown paragraph is one line

LAYOUTS = """## 版式

| `layout` | 样子 | 用哪些项 |
| --- | --- | --- |
| `list` | 一行一个科目，左边编码和名称，右边几栏金额 | `codes` `columns` `also` |
| `blocks` | 几组项目左右并列，行是固定的（收入支出决算总表） | `blocks` `panels` |
| `strips` | 编码、名称、金额三栏一组，左右并列几组（公开08表） | `codes` `columns` |
| `row` | 只有一行金额（公开13表） | `columns` `row` |
| `items` | `row` 的各栏改成各行：一行一项，右边预算数、决算数 | `rows` `columns` |
"""

EXAMPLE = """## 怎样加一个省的版式

某省的公开03表表名不同、栏目另有叫法，还多印一栏。先用 `caijue check` 看一遍：认不出的表写着“版式不符”，认不出的栏写着栏名。
然后把随附的 `schemas/forms/G03.yml` 抄到本单位的文件夹，只加写法，不改键：

1. 表名不同，加在 `aliases`；表号不同，加在 `number_aliases`。
2. 栏目叫法不同，加在该栏的 `aliases`；上下两层的表头写成 `上层/下层`。
3. 多印的栏写在 `also`：读得到，不参与写出，别处没有它也不算缺栏。
4. 排法整个不同的，在 `layouts` 里另写一个版式，栏键仍用原来的。

```yaml file=forms/G03.yml
form: G03
family: 公开
number: 公开03表
title: 支出决算表
aliases: [部门支出决算明细表]
unit: 万元
years: {since: 2018, until: 2025}
source: Z04
layout: list
codes: functional
columns:
- {key: 本年支出合计, aliases: [支出总额]}
- {key: 基本支出, aliases: [支出总额/基本支出/小计]}
- {key: 项目支出, aliases: [支出总额/项目支出]}
- {key: 上缴上级支出, optional: true}
- {key: 经营支出, optional: true}
- {key: 对附属单位补助支出, optional: true}
also:
- {key: 基本支出/人员经费, aliases: [支出总额/基本支出/人员经费]}
```

在 `caijue.toml` 里写上这个文件夹：

```toml file=caijue.toml
forms_folders = ["forms"]
```

下面这张表就读全了：C7 是 `G03[2010301, 本年支出合计]`，E7 是 `G03[2010301, 基本支出/人员经费]`，没有一处“版式不符”。

```csv file=支出.csv
部门支出决算明细表,,,,,
编制单位：云岭县商务局,,,2023年度,,单位：万元
科目编码,科目名称,支出总额,基本支出,,项目支出
,,,小计,人员经费,
,合计,120.50,100.00,80.00,20.50
201,一般公共服务支出,120.50,100.00,80.00,20.50
2010301,行政运行,120.50,100.00,80.00,20.50
```
"""  # noqa: E501 - a Markdown paragraph is one line

SECTIONS: tuple[tuple[type[BaseModel], str, str], ...] = (
    (Form, "表", "文件最外层的各项。"),
    (Years, "`years`", ""),
    (Column, "`columns`、`also` 中的一栏", "只写键的可以简写成一个词。"),
    (Block, "`blocks` 中的一块", ""),
    (Row, "`rows`、`former` 中的一行", "只写键的可以简写成一个词。"),
    (Shape, "`layouts` 中的一种版式", "没有写的与表相同。"),
)
_WORDS = {str: "文字", int: "整数", bool: "true、false", Column: "栏", Row: "行", Block: "块"}


def page() -> str:
    """The whole document."""
    parts = [HEAD, LAYOUTS, *_sections(), *_shared(), *_forms(), EXAMPLE]
    return "\n".join(parts)


def _sections() -> Iterator[str]:
    for model, title, note in SECTIONS:
        yield f"## {title}\n"
        if note:
            yield f"{note}\n"
        yield "| 名称 | 值 | 不写时 | 说明 |\n| --- | --- | --- | --- |"
        for name, field in model.model_fields.items():
            yield f"| `{name}` | {_values(field.annotation)} | {_default(field)} | {_note(field)} |"
        yield ""


def _note(field: FieldInfo) -> str:
    return (field.description or "").replace("|", "\\|")


def _values(annotation: Any) -> str:
    """What may stand there, in words."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return "、".join(f"`{a}`" for a in arguments)
    if origin in (Union, types.UnionType):
        return "、".join(_values(a) for a in arguments if a is not type(None))
    if origin is tuple:
        return f"{_values(arguments[0])}的列表"
    return _WORDS.get(annotation, "名称: 值")


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "必填"
    value = field.default
    if value in (None, "", (), 0) and value is not False:
        return ""
    if value == 9999:
        return "不限"
    return f"`{str(value).lower()}`"


def _shared() -> Iterator[str]:
    yield "## 共用的行\n\n`rows` 写成下面的名称，就是这一组行。\n"
    yield "| 名称 | 行数 | 头几行 |\n| --- | --- | --- |"
    for name, rows in read_yaml(FORMS_DIR / "_shared.yml").items():
        first = "、".join(str(r["label"]) for r in rows[:3])
        yield f"| `{name}` | {len(rows)} | {first} …… |"
    yield ""


def _forms() -> Iterator[str]:
    yield "## 随附的表\n"
    yield "| 代号 | 表号 | 表名（及其他写法） | 版式 | 单位 |\n| --- | --- | --- | --- | --- |"
    for name, form in sorted(forms().items()):
        titles = "；".join((form.title, *form.aliases))
        layouts = "、".join(f"`{shape.layout}`" for shape in form.shapes)
        yield f"| `{name}` | {form.number} | {titles} | {layouts} | {form.unit} |"
    yield ""


if __name__ == "__main__":
    raise SystemExit(write_or_check(sys.argv[1:], page()))
