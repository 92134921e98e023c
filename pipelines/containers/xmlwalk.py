"""XML that a stranger wrote, taken element by element: no entities, no network, no DTD."""

from __future__ import annotations

import io
from collections.abc import Callable

from lxml import etree

from pipelines.intake.refusal import Refused


def walk(data: bytes, take: Callable[[str, etree._Element], None], damaged: str) -> None:
    """Calls ``take`` with ``start`` or ``end`` and the element.

    Raises Refused with the words ``damaged`` where the XML is broken.
    """
    try:
        events = etree.iterparse(
            io.BytesIO(data),
            events=("start", "end"),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=True,
        )
        for event, node in events:
            take(event, node)
    except etree.XMLSyntaxError as error:
        raise Refused(damaged, repr(error)) from error
