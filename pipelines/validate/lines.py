"""Coded rows: the code exists in that year's edition, its name belongs to it, its parents are there, it stands once.

The checks are columns of truth values in a Pandera schema, validated lazily over a whole batch; what fails becomes an
observation under the rule the check is named by (S-CODE, IN-HIER-02, IN-HIER-03).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd
import pandera.pandas as pa
import pyarrow as arrow

from pipelines.validate.names import code_known, expected_name, name_fits
from schemas.library import Form
from schemas.observation import Observation, Place

CHECKS = {"known": "S-CODE", "named": "IN-HIER-02", "rooted": "IN-HIER-02", "single": "IN-HIER-03"}
SCHEMA = pa.DataFrameSchema(
    {name: pa.Column(bool, pa.Check(lambda s: s, name=rule)) for name, rule in CHECKS.items()}, strict=False
)


def check_lines(lines: arrow.Table, forms: Mapping[str, Form]) -> list[Observation]:
    """Observations about the coded rows of a batch of ``lines`` (columns of the dataset)."""
    frame = _coded(lines, forms)
    if frame.empty:
        return []
    try:
        SCHEMA.validate(_with_truths(frame, forms), lazy=True)
        return []
    except pa.errors.SchemaErrors as failed:
        cases = failed.failure_cases[["column", "index"]].drop_duplicates()
        return _observations(frame, cases, forms)


def _observations(frame: pd.DataFrame, cases: pd.DataFrame, forms: Mapping[str, Form]) -> list[Observation]:
    """One observation per sheet, check and code; rows that miss the same parent, or repeat the same code, share it."""
    groups: dict[tuple, list[pd.Series]] = {}
    for check, index in cases.itertuples(index=False):
        row = frame.loc[int(index)]
        code = row["code"][:-2] if check == "rooted" else row["code"]
        groups.setdefault((row["file"], row["sheet"], str(check), code), []).append(row)
    for (file, sheet, check, code), rows in groups.items():
        if check == "single":
            first = (frame["file"] == file) & (frame["sheet"] == sheet) & (frame["code"] == code)
            rows.insert(0, frame[first].iloc[0])
    return [_observe(rows, check, code, forms) for (_, _, check, code), rows in groups.items()]


def _coded(lines: arrow.Table, forms: Mapping[str, Form]) -> pd.DataFrame:
    wanted = [
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
    frame = lines.select(wanted).to_pandas()
    listed = {f.form for f in forms.values() if f.layout in ("list", "strips") and f.codes}
    return frame[frame["code"].notna() & frame["form"].isin(listed)].reset_index(drop=True)


def _with_truths(frame: pd.DataFrame, forms: Mapping[str, Form]) -> pd.DataFrame:
    kinds = frame["form"].map(lambda f: forms[f].codes)
    internal = frame["form"].str.startswith(("Z", "CS"))
    tree = frame["form"].str.startswith("Z")
    known = [code_known(k, c, y) for k, c, y in zip(kinds, frame["code"], frame["year"], strict=True)]
    named = [name_fits(k, c, n) for k, c, n in zip(kinds, frame["code"], frame["row_label"], strict=True)]
    repeated = frame.duplicated(["file", "sheet", "code"], keep="first")
    return pd.DataFrame(
        {
            "known": known,
            "named": pd.Series(named) | ~internal,
            "rooted": _rooted(frame) | ~tree,
            "single": ~(repeated & internal),
        }
    )


def _rooted(frame: pd.DataFrame) -> pd.Series:
    """Whether the row's 款 and 类 rows stand in the same sheet."""
    present = set(zip(frame["file"], frame["sheet"], frame["code"], strict=True))
    parents: Iterable[tuple[str, str, str]] = zip(frame["file"], frame["sheet"], frame["code"], strict=True)
    return pd.Series([len(c) <= 3 or (f, s, c[:-2]) in present for f, s, c in parents])


def _observe(rows: list[pd.Series], check: str, code: str, forms: Mapping[str, Form]) -> Observation:
    row = rows[0]
    form = forms[row["form"]]
    kind = form.codes or "functional"
    where = f"{form.title}第 {row['row']} 行“{row['code']} {row['row_label']}”"
    others = f"等 {len(rows)} 行" if len(rows) > 1 else ""
    level = {3: "类", 5: "款"}.get(len(code), "上")
    texts = {
        "known": f"{where}：{row['year']} 年度科目表中没有编码 {code}。请核对编码，或补充科目表。",
        "named": f"{where}：名称与编码不符，{code} 应为“{expected_name(kind, code)}”。请核对编码和名称。",
        "rooted": f"{where}{others}：表中没有它的上级科目 {code}。请补列{level}级行。",
        "single": f"{where}：同一表中科目编码 {code} 重复（第 {'、'.join(str(r['row']) for r in rows)} 行）。请合并为一行。",
    }
    tail = {"named": "名称", "rooted": "下级"}.get(check, "")
    unit_code = None if pd.isna(row["unit_code"]) else row["unit_code"]
    return Observation(
        CHECKS[check], f"{form.form}[{code}]{tail}", texts[check], "review" if check == "known" else "error",
        unit_code, row["unit_name"], int(row["year"]), None, _places(rows, check),
    )  # fmt: skip


def _places(rows: list[pd.Series], check: str) -> tuple[Place, ...]:
    """The code cells at fault, or the name cells with their codes."""
    columns = ("label_cell", "code_cell") if check == "named" else ("code_cell",)
    cells = [(r["file"], r["sheet"], r[c]) for r in rows for c in columns if not pd.isna(r[c])]
    if not cells:
        cells = [(r["file"], r["sheet"], r["label_cell"] or f"A{r['row']}") for r in rows]
    return tuple(Place("subject", *cell) for cell in dict.fromkeys(cells))
