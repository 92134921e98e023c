"""YAML written by strangers, as plain data: texts, numbers, lists and mappings, within bounds.

A few hundred bytes of aliases or merge keys stand for gigabytes. So what is counted is what the
text says when every alias is written out, while it is read: too much of it is refused at once.
What does not belong here: YAML that ships with the package (``yamlfile.py``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import yaml

ENCODINGS = ("utf-8-sig", "gb18030")
TEXT, MERGE = "tag:yaml.org,2002:str", "tag:yaml.org,2002:merge"
TIMESTAMP = "tag:yaml.org,2002:timestamp"
SIMPLE = frozenset(f"tag:yaml.org,2002:{kind}" for kind in ("null", "bool", "int", "float"))
COLLECTIONS = frozenset(("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"))
# Nothing of ours stands deeper than five; a parser of our own below is what depth could hurt.
DEPTH = 20
# A night with 60,000 explanations (8 MB) says 900,000 values and 8 million characters.
VALUES = 5_000_000
CHARACTERS = 64_000_000
BYTES = 32_000_000
# The parser in C refuses ``{until:}``, which the slow one in Python reads: tried up to this length.
TOLERANT = 500_000


class NotPlain(ValueError):
    """The text is no YAML of ours; says where and why, in Chinese."""


def decoded(data: bytes) -> str:
    """UTF-8 with or without BOM, else GB18030. Raises NotPlain."""
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotPlain("既不是 UTF-8，也不是 GB18030")


def plain_yaml(data: bytes) -> Any:
    """The one document in ``data``: None, bool, int, float, str, list, dict.

    Dates stay as written. Raises NotPlain.
    """
    if len(data) > BYTES:
        raise NotPlain(f"超过 {BYTES // 1_000_000} MB，太大了")
    text = decoded(data)
    try:
        return _read(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        if len(text) > TOLERANT:
            raise NotPlain(_where(getattr(error, "problem_mark", None)) or "写法有误") from error
    try:
        return _read(text, yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise NotPlain(_where(getattr(error, "problem_mark", None)) or "写法有误") from error


def _read(text: str, loader: Any) -> Any:
    reader = _Reader()
    for event in yaml.parse(text, loader):
        reader.take(event)
    return reader.document


@dataclass(slots=True)
class _Open:
    """A list or mapping under way. ``values``, ``characters``: what was counted before it began."""

    items: Any
    anchor: str | None
    values: int
    characters: int
    key: Any = None
    has_key: bool = False


@dataclass(slots=True)
class _Named:
    """What an anchor stands for, and how much that is when it is written out."""

    value: Any
    values: int
    characters: int


@dataclass(slots=True)
class _Reader:
    """Builds the document event by event and counts as it goes."""

    document: Any = None
    documents: int = 0
    values: int = 0
    characters: int = 0
    open: list[_Open] = field(default_factory=list)
    named: dict[str, _Named] = field(default_factory=dict)

    def take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            self._begin(event)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            self._end(event)
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise NotPlain(f"{_where(event.start_mark)}开始了第二份文档，只能有一份")

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        self._count(1, len(event.value), event)
        tag = event.tag
        if tag is None or tag == "!":
            tag = _tag_of(event.value) if event.implicit[0] else TEXT
        value = _MERGE if tag == MERGE and self._wants_key() else _simple(tag, event)
        if event.anchor:
            self.named[event.anchor] = _Named(value, 1, len(event.value))
        self._put(value, event)

    def _begin(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        if event.tag is not None and event.tag not in COLLECTIONS:
            raise NotPlain(f"{_where(event.start_mark)}有不能用的标记 {event.tag[:40]}")
        if len(self.open) >= DEPTH:
            raise NotPlain(f"{_where(event.start_mark)}嵌套超过 {DEPTH} 层，太深了")
        items: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
        self.open.append(_Open(items, event.anchor, self.values, self.characters))
        self._count(1, 0, event)

    def _end(self, event: yaml.Event) -> None:
        done = self.open.pop()
        if done.anchor:
            counted = self.values - done.values, self.characters - done.characters
            self.named[done.anchor] = _Named(done.items, *counted)
        self._put(done.items, event)

    def _alias(self, event: yaml.AliasEvent) -> None:
        anchor = str(event.anchor)
        known = self.named.get(anchor)
        if known is None:
            raise NotPlain(f"{_where(event.start_mark)}引用了没有的 *{anchor[:40]}")
        self._count(known.values, known.characters, event)
        self._put(known.value, event)

    def _wants_key(self) -> bool:
        return (
            bool(self.open) and isinstance(self.open[-1].items, dict) and not self.open[-1].has_key
        )

    def _count(self, values: int, characters: int, event: yaml.Event) -> None:
        self.values += values
        self.characters += characters
        if self.values > VALUES or self.characters > CHARACTERS:
            where = _where(event.start_mark)
            raise NotPlain(f"{where}起内容过多（引用 & * 和合并 << 展开以后也计算在内）")

    def _put(self, value: Any, event: yaml.Event) -> None:
        if not self.open:
            self.document = value
            return
        into = self.open[-1]
        if isinstance(into.items, list):
            into.items.append(value)
        elif not into.has_key:
            if isinstance(value, (dict, list)):
                raise NotPlain(f"{_where(event.start_mark)}的名称应为文字")
            into.key, into.has_key = value, True
        else:
            into.has_key = False
            self._pair(into, value, event)

    def _pair(self, into: _Open, value: Any, event: yaml.Event) -> None:
        if into.key is not _MERGE:
            into.items[into.key] = value
            return
        # What a mapping says itself counts before what is merged into it.
        for merged in value if isinstance(value, list) else [value]:
            if not isinstance(merged, dict):
                raise NotPlain(f"{_where(event.start_mark)}的合并（<<）不是“名称: 值”的形式")
            for key, item in merged.items():
                into.items.setdefault(key, item)


class _Merge:
    """The key ``<<``."""


_MERGE = _Merge()
_RESOLVER = yaml.resolver.Resolver()
_CONSTRUCTOR = yaml.constructor.SafeConstructor()


@lru_cache(maxsize=65536)
def _tag_of(text: str) -> str:
    """What a plain word is. A date stays text: one that does not exist is a matter of its entry."""
    tag = str(_RESOLVER.resolve(yaml.ScalarNode, text, (True, False)))
    return TEXT if tag == TIMESTAMP else tag


def _simple(tag: str, event: yaml.ScalarEvent) -> Any:
    if tag in (TEXT, TIMESTAMP, MERGE):
        return event.value
    if tag not in SIMPLE:
        raise NotPlain(f"{_where(event.start_mark)}有不能用的标记 {tag[:40]}")
    try:
        return _CONSTRUCTOR.construct_object(yaml.ScalarNode(tag, event.value))
    except (ValueError, KeyError, AttributeError, yaml.YAMLError) as error:
        raise NotPlain(f"{_where(event.start_mark)}的“{event.value[:30]}”不是可用的数") from error


def _where(mark: Any) -> str:
    return f"第 {mark.line + 1} 行第 {mark.column + 1} 列" if mark is not None else ""
