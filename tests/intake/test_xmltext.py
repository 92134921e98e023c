"""XML is written as the standard library writes it."""

from __future__ import annotations

from xml.sax import saxutils

from hypothesis import given
from hypothesis import strategies as st

from pipelines.intake.xmltext import escape, quoteattr

TEXTS = st.text(st.sampled_from("&<>\"'\n\r\t;财a"), max_size=12)


@given(TEXTS)
def test_text_and_attributes(text: str) -> None:
    assert escape(text) == saxutils.escape(text)
    assert quoteattr(text) == saxutils.quoteattr(text)
