"""Arrow without what it loads or makes and a run never asks for: pandas beside it, for as long as
nothing asks for pandas, and the help texts of its functions.

pyarrow looks for pandas when it builds its first array, only to know a Series when it sees one.
That import costs more than all the arrays of a small run. Asked while pandas is out of sight, it
goes on without; ``to_pandas`` and ``from_pandas`` find pandas all the same.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from types import ModuleType

import pyarrow

from schemas.aside import out_of_sight


def leave_pandas_aside() -> None:
    """Let pyarrow look for pandas now and not find it, unless pandas is loaded already."""
    with out_of_sight("pandas") as hidden:
        if hidden:
            with suppress(AttributeError, ImportError):
                pyarrow.lib._pandas_api.have_pandas  # noqa: B018
            pyarrow.array([None])


class _NoWords(dict):
    """The docs of an options class as pyarrow takes them apart, with nothing in them."""

    def __init__(self, _text: str) -> None:
        super().__init__(Parameters=[])


def load_compute() -> None:
    """``pyarrow.compute`` with shorter help texts: it puts those of its 280 functions together from
    the docs of their options, which is two thirds of its import. Loaded already, it stays as it is.
    """
    parser = "pyarrow.vendored.docscrape"
    if "pyarrow.compute" in sys.modules or parser in sys.modules:
        return
    stand_in = ModuleType(parser)
    stand_in.NumpyDocString = _NoWords  # type: ignore[attr-defined]
    sys.modules[parser] = stand_in
    try:
        import pyarrow.compute  # noqa: F401
    finally:
        del sys.modules[parser]
