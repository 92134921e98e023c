"""The example queries of the database, from ``queries.sql``: topic, note and statement."""

from __future__ import annotations

import re
from pathlib import Path

FILE = Path(__file__).parent / "queries.sql"
_HEAD = re.compile(r"^-- (?P<topic>[^：\n]+)：(?P<note>.+)$", re.MULTILINE)


def read_queries() -> list[tuple[str, str, str]]:
    """Every example as (topic, note, SQL without the semicolon), in order. Each begins with ``--
    题目：说明``.
    """
    text = FILE.read_text(encoding="utf-8")
    heads = list(_HEAD.finditer(text))
    ends = [h.start() for h in heads[1:]] + [len(text)]
    return [
        (head["topic"], head["note"], text[head.end() : end].strip().rstrip(";"))
        for head, end in zip(heads, ends, strict=True)
    ]
