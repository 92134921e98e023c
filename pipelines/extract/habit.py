"""A word in many amount cells of a table (无, 暂无, 见附件) is how its writer fills blanks: one
finding that names all of them.
"""

from __future__ import annotations

import re

from pipelines.extract.reading import Fault
from schemas.structural import say

# Cells of one table with the same word: fewer may each have a reason of its own.
LEAST = 4
MOST_NAMED = 6  # addresses in the sentence; all of them are the finding's cells
_DIGIT = re.compile(r"\d")


def as_habits(form: str, table: str, texts: dict[str, list[Fault]]) -> list[Fault]:
    """Faults of cells that hold text, by what they hold, in one for each word that is a habit.

    What has digits in it is a number spoiled: each is told by itself. ``table``: the table's number
    or title.
    """
    found: list[Fault] = []
    for raw, faults in texts.items():
        if len(faults) < LEAST or _DIGIT.search(raw):
            found += faults
            continue
        cells = tuple(cell for fault in faults for cell in fault.cells)
        more = f"等 {len(cells)} 格" if len(cells) > MOST_NAMED else ""
        where = f"{table} {'、'.join(cells[:MOST_NAMED])} {more}".rstrip()
        message = say("S-TEXT", where=where, raw=raw)
        found.append(Fault("S-TEXT", f"{form}[“{raw}”]", message, cells, faults[0].severity))
    return found
