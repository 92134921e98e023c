"""The text of ``units.csv`` as a table of units, read by columns: a million rows take seconds.

Only where something is wrong are the rows gone through one by one, to name the line.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import islice

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from schemas.frames import UNITS

UNIT_TYPES = ("行政单位", "参照公务员法管理事业单位", "事业单位", "其他")
REPORT_TYPES = ("单户", "汇总")
NEEDED = ("unit_code", "unit_name")
YEARS = ("first_year", "last_year")
YEAR = r"^(19[9]\d|2[01]\d\d|2200)(\.0|年)?$"
MOST_UNITS = 2_000_000  # every budget unit of the country is about a third of that
# A cell of a register is a name; longer ones are another file under its name.
MOST_CHARACTERS = 400


class BadRegister(Exception):
    """The register cannot be believed; the text says why, in Chinese."""


def decode(content: bytes) -> str:
    """UTF-8 with or without BOM, else GB18030."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadRegister("不是 UTF-8 也不是 GB18030 编码的文本")


def register_in(data: bytes, file: str = "", age: int = 0) -> bytes:
    """What a worker gives back: the units as an Arrow stream (columns of UNITS).

    Where the register cannot be used, the reason after ``!``.
    """
    try:
        table = units_of(decode(data))
    except BadRegister as error:
        return b"!" + str(error).encode("utf-8", "replace")
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


def units_of(text: str) -> pa.Table:
    """The units: the columns of UNITS, empty report types filled in.

    Raises BadRegister, with the line at fault where there is one.
    """
    text = text.replace("\0", "")
    cells = _cells(text)
    missing = [name for name in NEEDED if name not in cells.column_names]
    if missing:
        raise BadRegister(f"第 1 行缺少栏目 {'、'.join(sorted(missing))}")
    if not cells.num_rows:
        raise BadRegister("没有任何单位")
    if cells.num_rows > MOST_UNITS:
        raise BadRegister(f"多于 {MOST_UNITS} 个单位")
    _require_right(cells, text)
    table = _typed(cells)
    _require_tree(table)
    return _with_report_types(table)


def _cells(text: str) -> pa.Table:
    """The rows that hold anything, trimmed, every column as text.

    Rows of uneven length are made as long as the header.
    """
    header = [name.strip() for name in next(_rows(text), [])]
    try:
        table = _read_fast(text, header)
    except (pa.ArrowInvalid, pa.ArrowKeyError):
        table = _read_rows(text, header)
    trimmed = [pc.utf8_trim_whitespace(column) for column in table.columns]
    table = pa.table(dict(zip(table.column_names, trimmed, strict=True)))
    filled = [pc.not_equal(column, "") for column in table.columns]
    keep = filled[0] if filled else None
    for one in filled[1:]:
        keep = pc.or_(keep, one)
    return table.filter(keep) if keep is not None else table


def _rows(text: str) -> Iterator[list[str]]:
    try:
        yield from (row for row in csv.reader(io.StringIO(text, newline="")) if row)
    except csv.Error as error:
        raise BadRegister(f"不是用逗号分隔的文本（{error}）") from error


def _read_fast(text: str, header: list[str]) -> pa.Table:
    if len(set(header)) != len(header) or not header:
        raise pa.ArrowInvalid("header")
    return arrow_csv.read_csv(
        pa.BufferReader(text.encode("utf-8", "replace")),
        read_options=arrow_csv.ReadOptions(use_threads=False),
        parse_options=arrow_csv.ParseOptions(newlines_in_values=True),
        convert_options=arrow_csv.ConvertOptions(
            column_types={name: pa.string() for name in _raw_header(text)},
            strings_can_be_null=False,
            null_values=[],
        ),
    ).rename_columns(header)


def _raw_header(text: str) -> list[str]:
    return next(_rows(text), [])


def _read_rows(text: str, header: list[str]) -> pa.Table:
    """Row by row: what is too short is filled up, what stands beyond the header is left."""
    columns: dict[str, list[str]] = {name: [] for name in header}
    for row in islice(_rows(text), 1, MOST_UNITS + 2):
        for name, cell in zip(header, [*row, *[""] * len(header)], strict=False):
            columns[name].append(cell)
    width = len(columns[header[0]]) if header else 0
    right = {name: cells[:width] for name, cells in columns.items()}
    return pa.table({name: pa.array(cells, pa.string()) for name, cells in right.items()})


def _require_right(cells: pa.Table, text: str) -> None:
    """Every cell is what it may be; else the first line that is not is named."""
    wrong = [pc.equal(cells[name], "") for name in NEEDED]
    wrong += [_not_one_of(cells, "report_type", REPORT_TYPES)]
    wrong += [_not_one_of(cells, "unit_type", UNIT_TYPES)]
    for name in YEARS:
        if name in cells.column_names:
            known = pc.match_substring_regex(cells[name], YEAR)
            wrong.append(pc.and_(pc.not_equal(cells[name], ""), pc.invert(known)))
    wrong += [pc.greater(pc.utf8_length(c), MOST_CHARACTERS) for c in cells.columns]
    if any(pc.any(one).as_py() for one in wrong):
        _name_the_line(text)


def _not_one_of(cells: pa.Table, name: str, allowed: tuple[str, ...]) -> pa.ChunkedArray:
    if name not in cells.column_names:
        return pa.chunked_array([pa.array([False] * cells.num_rows)])
    known = pc.is_in(cells[name], value_set=pa.array(["", *allowed]))
    return pc.invert(known)


def _name_the_line(text: str) -> None:
    """Raises BadRegister for the first line that is wrong."""
    reader = csv.reader(io.StringIO(text, newline=""))
    header = [name.strip() for name in next(reader, [])]
    for row in reader:
        _line(reader.line_num, dict(zip(header, (cell.strip() for cell in row), strict=False)))
    raise BadRegister("有不能用的行")


def _line(number: int, row: dict[str, str]) -> None:
    if not any(row.values()):
        return
    if not row.get("unit_code") or not row.get("unit_name"):
        raise BadRegister(f"第 {number} 行没有单位编码或单位名称")
    if (report := row.get("report_type", "")) and report not in REPORT_TYPES:
        raise BadRegister(f"第 {number} 行的报表类型“{report[:30]}”应为 单户 或 汇总")
    if (kind := row.get("unit_type", "")) and kind not in UNIT_TYPES:
        allowed = "、".join(UNIT_TYPES)
        raise BadRegister(f"第 {number} 行的单位基本性质“{kind[:30]}”应为 {allowed} 之一")
    for name in YEARS:
        _require_year(number, row.get(name, ""))
    longest = max(row, key=lambda name: len(row[name]))
    if len(row[longest]) > MOST_CHARACTERS:
        raise BadRegister(f"第 {number} 行的 {longest} 超过 {MOST_CHARACTERS} 字")


def _require_year(number: int, year: str) -> None:
    if year and not pc.match_substring_regex(pa.scalar(year), YEAR).as_py():
        raise BadRegister(f"第 {number} 行的年度“{year[:30]}”不是四位年份")


def _typed(cells: pa.Table) -> pa.Table:
    columns = {}
    for column in UNITS.columns:
        found = _column(cells, column.name)
        if column.name in YEARS:
            found = pc.utf8_slice_codeunits(found, 0, 4).cast(pa.int16())
        columns[column.name] = found
    columns["aliases"] = _aliases(columns["aliases"])
    return pa.table(columns).cast(UNITS.arrow)


def _column(cells: pa.Table, name: str) -> pa.ChunkedArray:
    """A column with nothing for what is empty."""
    if name not in cells.column_names:
        return pa.chunked_array([pa.nulls(cells.num_rows, pa.string())])
    return pc.if_else(pc.equal(cells[name], ""), None, cells[name])


def _aliases(aliases: pa.ChunkedArray) -> pa.ChunkedArray:
    """``甲 | |乙`` → ``甲|乙``."""
    close = pc.replace_substring_regex(aliases, r"\s*\|[\s|]*", "|")
    close = pc.utf8_trim(close, "| \t")
    return pc.if_else(pc.equal(close, ""), None, close)


def _require_tree(table: pa.Table) -> None:
    """Codes are unique, parents are there, and nobody stands below himself."""
    codes = table["unit_code"].combine_chunks()
    if len(pc.unique(codes)) < len(codes):
        counts = pc.value_counts(codes)
        twice = counts.filter(pc.greater(pc.struct_field(counts, "counts"), 1))
        first = min(pc.struct_field(twice, "values").to_pylist())
        raise BadRegister(f"单位编码 {first} 重复")
    parents = table["parent_code"].combine_chunks()
    above = pc.index_in(parents, value_set=codes)
    lost = pc.and_(pc.is_valid(parents), pc.is_null(above))
    if pc.any(lost).as_py():
        row = pc.index(lost, True).as_py()
        code, name = codes[row].as_py(), table["unit_name"][row].as_py()
        raise BadRegister(f"{code} {name} 的上级 {parents[row].as_py()} 不在名册中")
    _require_no_cycle(codes, pc.fill_null(above, -1).to_numpy(zero_copy_only=False))


def _require_no_cycle(codes: pa.Array, above: np.ndarray) -> None:
    """Raises BadRegister with the path of a cycle.

    ``above``: the row of each unit's parent, -1 for none.
    """
    up = np.append(above, -1)  # row -1 is nobody, who stands below nobody
    reach = up.copy()
    for _ in range(len(up).bit_length()):  # each turn looks twice as far up as the one before
        reach = reach[reach]
    if not (reach >= 0).any():
        return
    row = int(np.argmax(reach >= 0))
    row = int(reach[row])  # far enough up to stand on the cycle itself
    path = [row]
    while (row := int(up[row])) not in path and len(path) <= len(codes):
        path.append(row)
    downwards = [codes[r].as_py() for r in reversed([*path, path[0]])]
    shown = downwards if len(downwards) <= 20 else [*downwards[:20], "……"]
    raise BadRegister("上下级关系成环：" + " → ".join(shown))


def _with_report_types(table: pa.Table) -> pa.Table:
    """Empty report types filled in: 汇总 for a unit with children, 单户 for one without."""
    parents = pc.unique(table["parent_code"].combine_chunks().drop_null())
    kind = pc.if_else(pc.is_in(table["unit_code"], value_set=parents), "汇总", "单户")
    filled = pc.coalesce(table["report_type"], kind)
    return table.set_column(table.column_names.index("report_type"), "report_type", filled)
