"""Coded rows: the code exists in that year's edition, its name belongs to it, its parents are
there, it stands once.

Each check is a column of truth values over a whole batch; each false one becomes an observation
under the rule that the check is named by (S-CODE, IN-HIER-02, IN-HIER-03). The frames themselves
are Pandera's (``pipelines.validate.frames``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as arrow
from pyarrow import compute

from pipelines.validate.itemnames import code_known, expected_name, name_fits
from schemas.library import Form
from schemas.observation import Observation, Place

CHECKS = {"known": "S-CODE", "named": "IN-HIER-02", "rooted": "IN-HIER-02", "single": "IN-HIER-03"}
COLUMNS = [
    "file",
    "sheet",
    "form",
    "unit_code",
    "unit_name",
    "year",
    "row_label",
    "code",
    "row",
    "label_cell",
    "code_cell",
]

Row = dict[str, Any]


def check_lines(lines: arrow.Table, forms: Mapping[str, Form]) -> list[Observation]:
    """Observations about the coded rows of a batch of ``lines`` (columns of the dataset)."""
    coded = _coded(lines, forms)
    truths = _truths(coded, forms)
    if all(all(column) for column in truths.values()):
        return []
    return _observations(coded.to_pylist(), _failures(truths), forms)


def _coded(lines: arrow.Table, forms: Mapping[str, Form]) -> arrow.Table:
    """The rows of forms that list items by code, with ``COLUMNS``."""
    listed = [f.form for f in forms.values() if f.layout in ("list", "strips") and f.codes]
    chosen = compute.is_in(lines["form"], value_set=arrow.array(listed, lines["form"].type))
    return lines.select(COLUMNS).filter(compute.and_(chosen, compute.is_valid(lines["code"])))


def _truths(coded: arrow.Table, forms: Mapping[str, Form]) -> dict[str, list[bool]]:
    """A column of truth values per check.

    Names and repeats are judged in internal forms, parents in Z forms; each writing of an item is
    judged once, as most units name items alike.
    """
    form, names = _numbered(coded["form"])
    code, codes = _numbered(coded["code"])
    table = _together(coded, ("file", "sheet", "form"))
    _, first, item = np.unique(
        _together(coded, ("form", "code", "year", "row_label")),
        return_index=True,
        return_inverse=True,
    )
    items = coded.select(["form", "code", "year", "row_label"]).take(first).to_pylist()
    judged = [_judge(forms[i["form"]], i["code"], i["year"], i["row_label"]) for i in items]
    known, named = np.array(judged, bool).reshape(-1, 2).T[:, item]
    parented = np.array([name[0] == "Z" for name in names], bool)[form]
    unique = np.array([not forms[name].published for name in names], bool)[form]
    place = table * len(codes) + code
    truths = {
        "known": known,
        "named": named,
        "rooted": ~parented | _rooted(place, code, codes),
        "single": ~unique | _is_first(place),
    }
    return {check: held.tolist() for check, held in truths.items()}


def _numbered(column: arrow.ChunkedArray) -> tuple[np.ndarray, list[Any]]:
    """The number of each value among the different ones, and these."""
    encoded = column.combine_chunks().dictionary_encode(null_encoding="encode")
    return encoded.indices.to_numpy().astype(np.int64), encoded.dictionary.to_pylist()


def _together(rows: arrow.Table, names: tuple[str, ...]) -> np.ndarray:
    """A number for each row, the same for rows that have the same values in all of ``names``."""
    numbers = np.zeros(rows.num_rows, np.int64)
    for name in names:
        own, values = _numbered(rows[name])
        # counted anew at each step, so that the product of their numbers never grows too large
        _, numbers = np.unique(numbers * len(values) + own, return_inverse=True)
    return numbers


def _rooted(place: np.ndarray, code: np.ndarray, codes: list[str]) -> np.ndarray:
    """Whether the code above stands in the same table, or there is none above; ``place``: a number
    for each table and code.
    """
    number = {code: n for n, code in enumerate(codes)}
    above = np.array([number.get(code[:-2], -1) for code in codes], np.int64)[code]
    top = np.array([len(code) <= 3 for code in codes], bool)[code]
    return top | ((above >= 0) & np.isin(place - code + above, place))


def _is_first(place: np.ndarray) -> np.ndarray:
    """Whether a place comes for the first time."""
    found = np.zeros(len(place), bool)
    found[np.unique(place, return_index=True)[1]] = True
    return found


def _judge(form: Form, code: str, year: int, label: str) -> tuple[bool, bool]:
    """Whether a code is one of that year, and whether its name is that of the code."""
    kind = form.classification(code)
    return code_known(kind, code, year), form.published or name_fits(kind, code, label)


def _failures(truths: dict[str, list[bool]]) -> list[tuple[str, int]]:
    """(check, row index) of every value that is not true."""
    return [
        (check, i) for check in sorted(truths) for i, held in enumerate(truths[check]) if not held
    ]


def _observations(
    rows: list[Row], failures: list[tuple[str, int]], forms: Mapping[str, Form]
) -> list[Observation]:
    """One observation per table, check and code; rows that miss the same parent, or repeat the same
    code, share it. A sheet may hold several tables.
    """
    groups: dict[tuple[tuple[str, ...], str, str], list[Row]] = {}
    for check, index in failures:
        row = rows[index]
        code = row["code"][:-2] if check == "rooted" else row["code"]
        groups.setdefault((_table(row), check, code), []).append(row)
    firsts: dict[tuple[tuple[str, ...], str], Row] = {}
    for row in rows:
        firsts.setdefault((_table(row), row["code"]), row)
    for (table, check, code), members in groups.items():
        if check == "single":
            members.insert(0, firsts[(table, code)])
    return [_observe(members, check, code, forms) for (_, check, code), members in groups.items()]


def _table(row: Row) -> tuple[str, ...]:
    return row["file"], row["sheet"], row["form"]


def _observe(rows: list[Row], check: str, code: str, forms: Mapping[str, Form]) -> Observation:
    row = rows[0]
    form = forms[row["form"]]
    kind = form.classification(code)
    name, others = form.number or form.title, f"等 {len(rows)} 行" if len(rows) > 1 else ""
    where, label = f"{name}第 {row['row']} 行", row["row_label"]
    level = {3: "类", 5: "款"}.get(len(code), "上")
    same = "、".join(str(r["row"]) for r in rows)
    texts = {
        "known": (
            f"请核对{where}的编码 {code}“{label}”：{row['year']} 年度科目表中没有；"
            "确有此科目的，补充科目表。"
        ),
        "named": (
            f"请改{where}的名称或编码：{code} 应为“{expected_name(kind, code)}”，现为“{label}”。"
        ),
        "rooted": (
            f"请在{name}补列{level}级行 {code}："
            f"{where}“{row['code']} {label}”{others}没有上级科目。"
        ),
        "single": f"请把{name}第 {same} 行合并为一行：科目编码 {code} 重复。",
    }
    tail = {"named": "名称", "rooted": "下级"}.get(check, "")
    return Observation(
        CHECKS[check],
        f"{form.form}[{code}]{tail}",
        texts[check],
        "review" if check == "known" else "error",
        row["unit_code"],
        row["unit_name"],
        row["year"],
        None,
        _places(rows, check),
    )


def _places(rows: list[Row], check: str) -> tuple[Place, ...]:
    """The code cells at fault, or the name cells with their codes."""
    columns = ("label_cell", "code_cell") if check == "named" else ("code_cell",)
    cells = [(r["file"], r["sheet"], r[c]) for r in rows for c in columns if r[c]]
    if not cells:
        cells = [(r["file"], r["sheet"], r["label_cell"] or f"A{r['row']}") for r in rows]
    return tuple(Place("subject", *cell) for cell in dict.fromkeys(cells))
