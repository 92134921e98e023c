"""Formulas of a submitted sheet, handed back as what they last came to: nothing in a marked copy
calculates or fetches.
"""

from __future__ import annotations

import re

from lxml import etree

from pipelines.deliver.marking.package import q
from pipelines.xlsx.book import clean

HAS_FORMULAS = re.compile(rb"<(?:\w+:)?f[\s/>]")
REACHES_OUT = re.compile(
    r"(?i)\[|\||WEBSERVICE|HYPERLINK|FILTERXML|IMAGE\(|RTD\(|CALL\(|REGISTER|ENCODEURL|DDE"
)
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def make_still(root: etree._Element) -> int:
    """Put the last result in place of every formula, or the formula as text where it has none;
    returns how many there were.
    """
    shared: dict[str, tuple[str, str]] = {}
    count = 0
    for formula in list(root.iter(q("f"))):
        cell = formula.getparent()
        if cell is None or cell.tag != q("c"):
            continue
        text = _text(formula, cell.get("r", "A1"), shared)
        cell.remove(formula)
        count += 1
        if not _has_result(cell, text):
            _write(cell, f"={text}" if text else "（公式没有结果）")
    return count


def _text(formula: etree._Element, place: str, shared: dict[str, tuple[str, str]]) -> str:
    """The formula without its sign; one that is written once for several cells is moved to this
    one.
    """
    text, number = formula.text or "", formula.get("si")
    if formula.get("t") != "shared" or number is None:
        return text
    if text:
        shared.setdefault(number, (text, place))
        return text
    if number not in shared:
        return ""
    return _moved(*shared[number], place)


def _moved(first: str, origin: str, place: str) -> str:
    """The formula of one cell as it stands in another; as it was where it cannot be read."""
    from openpyxl.formula.tokenizer import TokenizerError
    from openpyxl.formula.translate import Translator, TranslatorError

    try:
        return str(Translator(f"={first}", origin=origin).translate_formula(place)).removeprefix(
            "="
        )
    except (TokenizerError, TranslatorError, ValueError, IndexError):
        return first


def _has_result(cell: etree._Element, text: str) -> bool:
    """An empty text is a result, unless the formula reaches outside: then nobody would see that
    there was one.
    """
    value = cell.find(q("v"))
    if cell.find(q("is")) is not None or (value is not None and value.text):
        return True
    return value is not None and cell.get("t") == "str" and not REACHES_OUT.search(text)


def _write(cell: etree._Element, text: str) -> None:
    for node in list(cell):
        cell.remove(node)
    cell.set("t", "inlineStr")
    shown = etree.SubElement(etree.SubElement(cell, q("is")), q("t"))
    shown.text = clean(text)
    shown.set(_SPACE, "preserve")
