"""Takes out of a Word document what could act on the reader's machine: fields that fetch, links to
files elsewhere, macros, controls.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import docx
from docx.opc.constants import RELATIONSHIP_TYPE as REL
from docx.oxml.ns import qn
from lxml import etree

_FETCHES = re.compile(
    r"(?i)DDE|INCLUDE|(?<!HYPER)LINK|IMPORT|MACROBUTTON|DATABASE|AUTOTEXT|MERGEFIELD|QUOTE"
)
_DROPPED = re.compile(
    r"(?i)(vbaProject|wordVbaData|attachedTemplate|oleObject|package|control|activeX\w*|subDocument|aFChunk|frame)$"
)
_GONE = (
    "w:attachedTemplate",
    "w:object",
    "w:control",
    "w:altChunk",
    "w:subDoc",
    "w:mailMerge",
    "w:docVars",
)
_NOWHERE = "about:blank"


def make_word_harmless(path: Path) -> None:
    """Edits the document at ``path`` in place.

    Raises ValueError or KeyError where it is no Word document.
    """
    document = docx.Document(str(path))
    for part in document.part.package.iter_parts():
        root = getattr(part, "element", None)
        if root is not None:
            _tidy(root)
        elif part.content_type.endswith("+xml") and b"instrText" in part.blob:
            parser = etree.XMLParser(resolve_entities=False, no_network=True)
            root = etree.fromstring(part.blob, parser)
            _tidy(root)
            part._blob = etree.tostring(
                root, xml_declaration=True, encoding="UTF-8", standalone=True
            )
        _relations(part)
    document.save(str(path))


def _relations(part: Any) -> None:
    for key, relation in list(part.rels.items()):
        if _DROPPED.search(relation.reltype.rsplit("/", 1)[-1]):
            del part.rels[key]
        elif relation.is_external and (
            relation.reltype != REL.HYPERLINK or not _plain_link(relation.target_ref)
        ):
            relation._target = _NOWHERE


def _plain_link(target: str) -> bool:
    return target.lower().startswith(("http://", "https://", "mailto:", "#"))


def _tidy(root: Any) -> None:
    for name in _GONE:
        for node in list(root.iter(qn(name))):
            node.getparent().remove(node)
    for node in root.iter(qn("w:fldSimple")):
        if _FETCHES.search(node.get(qn("w:instr"), "")):
            node.set(qn("w:instr"), "")
    for nodes in _fetching(root):
        for node in nodes:
            node.text = ""


def _fetching(root: Any) -> list[list[Any]]:
    """The instructions of each paragraph that fetches something; of the whole part where only all
    of them together do.
    """
    paragraphs = [list(p.iter(qn("w:instrText"))) for p in root.iter(qn("w:p"))]
    found = [nodes for nodes in paragraphs if _fetches(nodes)]
    every = list(root.iter(qn("w:instrText")))
    return found or ([every] if _fetches(every) else [])


def _fetches(nodes: list[Any]) -> bool:
    return bool(_FETCHES.search("".join(n.text or "" for n in nodes)))
