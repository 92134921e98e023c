"""What a worker answers, on its way to the parent: JSON, read against the type that the caller
expects. Nothing in an answer can make the parent build anything else, import or run anything.

``pack`` goes by the value, ``unpack`` by the type: dataclasses by their fields, mappings whose keys
are no texts as pairs, exact numbers, dates and paths as text. Bytes travel as they are.
"""

from __future__ import annotations

import json
import types
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

RAW, JSON = b"B", b"J"
SIMPLE = (str, int, float, bool, type(None))
AS_TEXT = (Decimal, Fraction, Path, date)

Reader = Callable[[Any], Any]


class WrongAnswer(ValueError):
    """An answer is not of the type that was expected."""


def pack(value: Any) -> bytes:
    """The value as a message. Raises TypeError for what cannot travel."""
    if isinstance(value, bytes):
        return RAW + value
    text = json.dumps(_plain(value), ensure_ascii=True, separators=(",", ":"))
    return JSON + text.encode("ascii")


def _plain(value: Any) -> Any:
    if isinstance(value, SIMPLE):
        return value
    if isinstance(value, AS_TEXT):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, dict):
        return _plain_dict(value)
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} cannot travel")


def _plain_dict(value: dict[Any, Any]) -> Any:
    """As it is where the keys are texts, else a list of pairs."""
    if all(isinstance(key, str) for key in value):
        return {key: _plain(item) for key, item in value.items()}
    return [[_plain(key), _plain(item)] for key, item in value.items()]


def unpack(message: bytes, expected: Any) -> Any:
    """The value of a message, of the expected type. Raises WrongAnswer."""
    kind, body = message[:1], message[1:]
    if kind == RAW:
        if expected in (bytes, Any, object):
            return body
        raise WrongAnswer("bytes")
    try:
        return reader_of(expected)(json.loads(body))
    except WrongAnswer:
        raise
    except (ValueError, TypeError, KeyError, ArithmeticError, RecursionError) as error:
        raise WrongAnswer(repr(error)[:200]) from error


@cache
def reader_of(expected: Any) -> Reader:
    """What reads a value of the type out of parsed JSON."""
    if expected is Any or expected is object:
        return lambda value: value
    origin = get_origin(expected)
    if origin in (Union, types.UnionType):
        return _any_of(get_args(expected))
    if origin is Literal:
        return _one_of(get_args(expected))
    if origin in (list, tuple, set, frozenset, dict):
        return _collection(origin, get_args(expected))
    if isinstance(expected, type) and is_dataclass(expected):
        return _dataclass(expected)
    if expected in AS_TEXT:
        return _from_text(expected)
    if expected in SIMPLE:
        return _simple(expected)
    raise TypeError(f"{expected} cannot travel")


def _simple(expected: type) -> Reader:
    def read(value: Any) -> Any:
        if expected is float and type(value) is int:
            return float(value)
        if type(value) is not expected:
            raise WrongAnswer(f"{type(value).__name__} for {expected.__name__}")
        return value

    return read


def _from_text(expected: Any) -> Reader:
    made = date.fromisoformat if expected is date else expected

    def read(value: Any) -> Any:
        if not isinstance(value, str):
            raise WrongAnswer(f"{type(value).__name__} for {expected.__name__}")
        return made(value)

    return read


def _one_of(allowed: tuple[Any, ...]) -> Reader:
    def read(value: Any) -> Any:
        if value not in allowed:
            raise WrongAnswer(str(value)[:50])
        return value

    return read


def _any_of(expected: tuple[Any, ...]) -> Reader:
    readers = [reader_of(one) for one in expected]

    def read(value: Any) -> Any:
        for one in readers:
            try:
                return one(value)
            except (ValueError, TypeError, KeyError):
                continue
        raise WrongAnswer(f"{type(value).__name__} for none of {len(readers)}")

    return read


def _collection(made: Any, inside: tuple[Any, ...]) -> Reader:
    if made is dict:
        return _mapping(*inside)
    if made is tuple and (len(inside) != 2 or inside[1] is not Ellipsis):
        return _fixed(inside)
    item = reader_of(inside[0])

    def read(value: Any) -> Any:
        return made([item(one) for one in _list(value)])

    return read


def _fixed(inside: tuple[Any, ...]) -> Reader:
    items = [reader_of(one) for one in inside]

    def read(value: Any) -> Any:
        return tuple(read(one) for read, one in zip(items, _list(value), strict=True))

    return read


def _mapping(key_type: Any, item_type: Any) -> Reader:
    key, item = reader_of(key_type), reader_of(item_type)

    def read(value: Any) -> Any:
        # An empty mapping has no key to tell which of the two ways it went.
        pairs = value.items() if isinstance(value, dict) else _list(value)
        return {key(k): item(v) for k, v in pairs}

    return read


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise WrongAnswer(f"{type(value).__name__} for a list")
    return value


def _dataclass(expected: Any) -> Reader:
    hints = get_type_hints(expected)
    given = {f.name: f.init for f in fields(expected)}
    known: dict[str, Reader] = {}

    def read(value: Any) -> Any:
        if not isinstance(value, dict) or value.keys() != given.keys():
            raise WrongAnswer(f"no {expected.__name__}")
        if not known:  # here and not above: a dataclass may hold others of its own kind
            known.update({name: reader_of(hints[name]) for name in given})
        read_fields = {name: known[name](item) for name, item in value.items() if given[name]}
        return expected(**read_fields)

    return read
