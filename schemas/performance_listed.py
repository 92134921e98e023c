"""The performance forms JX01 … JX18 as rows of the dataset ``forms``.

What does not belong here: reading their descriptions (``performance_forms.py``, which is loaded
only where no earlier run has kept the rows).
"""

from __future__ import annotations

from typing import Any

from schemas.kept import kept
from schemas.library import FORMS_DIR

WORDS = ("text", "operator")  # columns of these hold no number


def performance_form_rows() -> list[dict[str, Any]]:
    """A row a form with the columns of ``forms``: none has a number, years or must be sent in."""
    return kept("performance-form-rows", (FORMS_DIR / "performance",), _rows)


def _rows() -> list[dict[str, Any]]:
    from schemas.performance_forms import performance_forms

    return [
        {
            "form": form.form,
            "number": "",
            "title": form.title,
            "family": "绩效",
            "money_unit": "万元",
            "required": "never",
            "layout": form.layout,
            "since": None,
            "until": None,
            "columns": sum(c.measure not in WORDS for c in form.columns),
        }
        for form in performance_forms().values()
    ]
