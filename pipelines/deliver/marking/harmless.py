"""Takes out of a submitted package what could act on the reader's machine: macros, controls, links that lead outside.

Values and looks stay. Formulas stay too, with their results, unless they reach outside the workbook.
"""

from __future__ import annotations

import re
from collections import Counter

from lxml import etree

from pipelines.deliver.marking.package import MAIN, REL, CannotMark, Package, dump, q
from pipelines.deliver.marking.workbook import WorkbookPart

_DROPPED = {
    "宏": re.compile(r"(?i)(^|/)(vba[^/]*\.(bin|xml)|macrosheets/.*|dialogsheets/.*)$"),
    "控件": re.compile(r"(?i)/(activeX|ctrlProps)/"),
    "嵌入对象": re.compile(r"(?i)/embeddings/"),
    "外部工作簿链接": re.compile(r"(?i)/externalLinks/"),
    "自定义界面": re.compile(r"(?i)^(customUI|userCustomization|xl/webextensions)/"),
}
_UNSUPPORTED = re.compile(r"(?i)(^|/)(connections\.xml|queryTables/|macrosheets/|dialogsheets/)")
_CALC_CHAIN = re.compile(r"(?i)/calcChain\.xml$")
_REACHES_OUT = re.compile(
    rb"<(?:\w+:)?f(?:\s[^>]*)?>[^<]*(?:\[|\||WEBSERVICE|HYPERLINK|FILTERXML|IMAGE\(|RTD\(|CALL\(|REGISTER|ENCODEURL)", re.I
)
_OUTSIDE = re.compile(r"(?i)\[|\||WEBSERVICE|HYPERLINK|FILTERXML|IMAGE\(|RTD\(|CALL\(|REGISTER|ENCODEURL")
_ACTIVE_NODES = ("oleObjects", "controls", "webPublishItems")


def make_harmless(package: Package, workbook: WorkbookPart) -> Counter[str]:
    """Edit the package in place; returns what was taken out, by kind (Chinese)."""
    if any(_UNSUPPORTED.search(name) for name in package.parts):
        raise CannotMark("文件含有数据连接或宏表")
    removed: Counter[str] = Counter()
    for name in list(package.parts):
        kind = next((kind for kind, pattern in _DROPPED.items() if pattern.search(name)), "")
        if (kind or _CALC_CHAIN.search(name)) and name in package.parts:
            package.drop(name)
            if kind and not name.endswith(".rels"):
                removed[kind] += 1
    _tidy_workbook(workbook)
    for sheet in workbook.sheets:
        _tidy_sheet(package, sheet.part, removed)
    _tidy_relations(package)
    return removed


def _tidy_workbook(workbook: WorkbookPart) -> None:
    for relation in list(workbook.relations):
        ending = relation.get("Type", "").rsplit("/", 1)[-1]
        if ending in ("vbaProject", "externalLink", "calcChain", "attachedToolbars", "xlMacrosheet", "wordVbaData"):
            workbook.relations.remove(relation)
    for node in workbook.root.findall(q("externalReferences")):
        workbook.root.remove(node)
    for name in list(workbook.root.iter(q("definedName"))):
        if _OUTSIDE.search(name.text or "") or name.get("vbProcedure") or name.get("xlm") or name.get("function"):
            parent = name.getparent()
            parent.remove(name)
            if not len(parent):
                workbook.root.remove(parent)


def _tidy_sheet(package: Package, part: str, removed: Counter[str]) -> None:
    relations = package.relations(part)
    outside = [n for n in relations if n.get("TargetMode") == "External"]
    gone = [n for n in relations if n.get("TargetMode") != "External" and relations.target(n) not in package.parts]
    data = package.parts[part]
    if not (outside or gone or _REACHES_OUT.search(data)):
        return
    root = package.xml(part)
    ids = {n.get("Id") for n in [*outside, *gone]}
    _drop_nodes(root, ids, removed)
    for formula in list(root.iter(q("f"))):
        if _OUTSIDE.search(formula.text or ""):
            formula.getparent().remove(formula)
            removed["引用外部的公式（已改为数值）"] += 1
    for node in [*outside, *gone]:
        relations.remove(node)
    package.parts[part] = dump(root)


def _drop_nodes(root: etree._Element, ids: set[str | None], removed: Counter[str]) -> None:
    for node in list(root.iter(f"{{{MAIN}}}*")):
        parent = node.getparent()
        if parent is None:
            continue
        if etree.QName(node).localname in _ACTIVE_NODES:
            _remove_wrapped(node)
        elif node.get(f"{{{REL}}}id") in ids:
            parent.remove(node)
            removed["外部链接"] += etree.QName(node).localname == "hyperlink"
            if parent.tag == q("hyperlinks") and not len(parent):
                parent.getparent().remove(parent)


def _remove_wrapped(node: etree._Element) -> None:
    """Remove a node, and the AlternateContent around it."""
    while (parent := node.getparent()) is not None and etree.QName(parent).localname in ("Choice", "Fallback", "AlternateContent"):
        node = parent
    if parent is not None:
        parent.remove(node)


def _tidy_relations(package: Package) -> None:
    """Package-level relations and those of drawings that lead outside or nowhere."""
    for name in [n for n in package.parts if n.endswith(".rels")]:
        folder, _, file = name.rpartition("_rels/")
        relations = package.relations(f"{folder}{file.removesuffix('.rels')}")
        for node in relations:
            if relations.target(node) not in package.parts and "worksheets/" not in name:
                outside = node.get("TargetMode") == "External"
                if outside and node.get("Type", "").endswith("/hyperlink"):
                    node.set("Target", "#")
                    node.attrib.pop("TargetMode", None)
                    relations.save()
                else:
                    relations.remove(node)
