"""What to mend first (先改这几处): one line a cause, the same in every list, console, page and
notification.
"""

from pipelines.fixes.fix import Change, Fix, UnitYear
from pipelines.fixes.read import read_fixes
from pipelines.fixes.words import advice, console_line, line, place_words, todo

__all__ = [
    "Change",
    "Fix",
    "UnitYear",
    "advice",
    "console_line",
    "line",
    "place_words",
    "read_fixes",
    "todo",
]
