"""Other writings of the words that heads and fixed rows are known by, described in
``forms/_words.yml``.
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
