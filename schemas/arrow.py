"""Arrow without pandas beside it, for as long as nothing asks for pandas.

pyarrow looks for pandas when it builds its first array, only to know a Series when it sees one.
That import costs more than all the arrays of a small run. Asked while pandas is out of sight, it
goes on without; ``to_pandas`` and ``from_pandas`` find pandas all the same.
"""

from __future__ import annotations

from contextlib import suppress

import pyarrow

from schemas.aside import out_of_sight


def leave_pandas_aside() -> None:
    """Let pyarrow look for pandas now and not find it, unless pandas is loaded already."""
    with out_of_sight("pandas") as hidden:
        if hidden:
            with suppress(AttributeError, ImportError):
                pyarrow.lib._pandas_api.have_pandas  # noqa: B018
            pyarrow.array([None])
