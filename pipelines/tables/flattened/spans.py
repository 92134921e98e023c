"""How many columns each cell of a row covers, where merged cells stand once."""

from __future__ import annotations

from pipelines.tables.flattened.rows import Row


def spans_of(rows: list[Row], number: int) -> list[int]:
    row = rows[number]
    lacking = row.width - len(row.cells)
    if lacking <= 0:
        return [1] * len(row.cells)
    texts = [c.text for c in row.cells]
    if row.head and (below := _whole_head(rows[number + 1 :], row.width)):
        return header_spans(texts, below)
    spans = [1] * len(texts)
    first = next((i for i, text in enumerate(texts) if text), 0)
    spans[first] += lacking
    return spans


def header_spans(upper: list[str], lower: list[str]) -> list[int]:
    """How many columns each upper cell covers, from the full row below it.

    An empty cell below belongs to an upper cell that is merged downwards, so that one covers a
    single column. What lies between is shared out by repetition: 合计, 财政拨款, 合计, 财政拨款 are
    two groups of two.
    """
    spans = [1] * len(upper)
    left, right = 0, len(upper)
    first, last = 0, len(lower)
    while right > left + 1 and last > first and not lower[last - 1].strip():
        right, last = right - 1, last - 1
    while left < right - 1 and first < last and not lower[first].strip():
        left, first = left + 1, first + 1
    groups = _groups(lower[first:last], right - left)
    spans[left:right] = groups
    return spans


def _groups(words: list[str], number: int) -> list[int]:
    """Sizes of ``number`` groups over the words; from the right, a group is what also stands before
    it.
    """
    sizes: list[int] = []
    rest = list(words)
    while len(sizes) < number - 1:
        most = len(rest) - (number - len(sizes) - 1)
        size = min(_period(words, rest), most)
        sizes.insert(0, size)
        rest = rest[: len(rest) - size]
    return [len(rest), *sizes]


def _period(words: list[str], rest: list[str]) -> int:
    """The longest end of ``rest`` that stands once more among all the words, without repeating
    itself.
    """
    for size in range(len(rest), 0, -1):
        tail = rest[-size:]
        places = [i for i in range(len(words) - size + 1) if words[i : i + size] == tail]
        if len(places) > 1 and len(set(tail)) == size:
            return size
    return 1


def _whole_head(rows: list[Row], width: int) -> list[str]:
    """What the first row of heads says that lacks no cell; nothing where there is none."""
    for row in rows:
        if row.head and len(row.cells) == width:
            return [c.text for c in row.cells]
    return []
