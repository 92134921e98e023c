"""Other writings of the words that heads and fixed rows are known by, described in
``forms/_words.yml``, and words of columns and rows that are none of a form's, in
``forms/_clerks.yml``.
"""

from __future__ import annotations

from functools import cache

from schemas.library import FORMS_DIR
from schemas.yamlfile import read_yaml


@cache
def other_words() -> dict[str, str]:
    """Other writing → the word itself, both as the description prints them."""
    described: dict[str, list[str]] = read_yaml(FORMS_DIR / "_words.yml")
    return {other: word for word, others in described.items() for other in others}


@cache
def clerk_columns() -> frozenset[str]:
    """Heads of columns that people add to a table for themselves: 序号, 备注, 核对."""
    return frozenset(read_yaml(FORMS_DIR / "_clerks.yml")["columns"])


@cache
def clerk_rows() -> frozenset[str]:
    """Labels of rows that are no items: 过次页 and 承前页 of a page, 核对 below a table."""
    return frozenset(read_yaml(FORMS_DIR / "_clerks.yml")["rows"])


@cache
def owner_columns() -> frozenset[str]:
    """Heads of columns that say whose row it is, or of which year: 单位名称, 年度."""
    return frozenset(read_yaml(FORMS_DIR / "_clerks.yml")["owners"])
