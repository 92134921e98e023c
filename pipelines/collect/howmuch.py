"""How much of each file was read: its tables, their numbers, its characters."""

from __future__ import annotations

from typing import Any

from pipelines.collect.resolve import FileRef


def how_much(ref: FileRef | None, notes: tuple[str, ...]) -> dict[str, Any]:
    """The columns of ``files`` that count; nothing where there was nothing to count."""
    found: dict[str, Any] = {}
    if ref is not None and ref.sheets:
        found = _of_tables(ref)
    remarks = _not_taken(ref) if ref is not None else []
    for note in notes:
        name, _, said = note.partition(":")
        if name == "characters":
            held, _, got = said.partition(":")
            found |= {"characters": int(held), "characters_read": int(got)}
        elif name in ("said", "unread"):
            remarks.append(said)
    return found | {"remarks": "；".join(remarks) or None}


def _of_tables(ref: FileRef) -> dict[str, Any]:
    read = [s.row for s in ref.sheets]  # a table that came twice was read twice
    return {
        "tables": len(read),
        "numbers": sum(r["numbers"] for r in read),
        "facts": sum(r["facts_numbers"] for r in read),
        "left_out": sum(r["left_out"] for r in read),
    }


def _not_taken(ref: FileRef) -> list[str]:
    """Tables none of whose numbers was taken, which would else look as if they were read."""
    rows = [s.row for s in ref.sheets if s.row["status"] == "unreadable"]
    return [f"“{r['sheet']}”整表没有取数（{r['numbers']:,} 个数字）" for r in rows]


def words(file: dict[str, Any]) -> str:
    """``13 张表，1,638 个数字（取数 1,500，未取 3）；文字 17,620/17,640 字``; empty where nothing
    counts.
    """
    said = []
    if file["tables"] is not None:
        numbers = f"取数 {file['facts']:,}，未取 {file['left_out']:,}"
        said.append(f"{file['tables']} 张表，{file['numbers']:,} 个数字（{numbers}）")
    if file["characters"] is not None:
        said.append(f"文字 {file['characters_read']:,}/{file['characters']:,} 字")
    if file["remarks"]:
        said.append(file["remarks"])
    return "；".join(said)
