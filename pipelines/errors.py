"""The ways a command can end without a result, each with words for the person who reads it."""

from __future__ import annotations

from errno import EDQUOT, EFBIG, ENOSPC

EXIT_CLEAN, EXIT_ERRORS, EXIT_USAGE, EXIT_ABORTED, EXIT_BUSY = 0, 1, 2, 3, 75


class Stop(Exception):
    """A command ends here: ``reason`` says what happened and what to do next, ``code`` is the exit
    code.
    """

    code = EXIT_ABORTED

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Aborted(Stop):
    """The run stopped; nothing was published and the last published set is untouched."""


class Empty(Aborted):
    """There is nothing to read: the raw folder is missing, or holds no file of ours."""


class Held(Aborted):
    """The run would lose too much of what is published; it waits for a person to accept that."""


class Busy(Stop):
    """Another run holds the lock."""

    code = EXIT_BUSY


class UsageError(Stop):
    """Wrong usage or configuration."""

    code = EXIT_USAGE


_NUMBERS = (EFBIG, ENOSPC, EDQUOT)
_WORDS = ("no space left", "disk quota exceeded", "file too large", "could not write all bytes")


def is_disk_full(error: Exception) -> bool:
    """Whether an error (of the system, DuckDB or Arrow) means that the disk would not take more."""
    return (isinstance(error, OSError) and error.errno in _NUMBERS) or mentions_full_disk(
        str(error)
    )


def mentions_full_disk(text: str) -> bool:
    """The same of an error's words."""
    return any(words in text.lower() for words in _WORDS)


def is_database_memory(error: Exception) -> bool:
    """Whether DuckDB gave up for want of memory (not of disk)."""
    return type(error).__name__ == "OutOfMemoryException" or str(error).startswith(
        "Out of Memory Error"
    )
