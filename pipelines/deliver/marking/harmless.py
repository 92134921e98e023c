"""Takes out of a submitted package what could act on the reader's machine: macros, controls, links
that lead outside.

Values and looks stay. In place of every formula stands what it last came to.
"""

from __future__ import annotations

import re
from collections import Counter

from lxml import etree

from pipelines.deliver.marking.formulas import HAS_FORMULAS, REACHES_OUT, make_still
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
_TABLES = re.compile(r"(?i)/tables/[^/]*\.xml$")
_COLUMN_FORMULAS = re.compile(
    rb"<((?:\w+:)?(?:calculatedColumn|totalsRow)Formula)\b[^>]*?(?:/>|>.*?</\1>)", re.S
)
_ACTIVE_RELATIONS = (
    "vbaProject",
    "externalLink",
    "calcChain",
    "attachedToolbars",
    "xlMacrosheet",
    "wordVbaData",
)
_ACTIVE_NODES = ("oleObjects", "controls", "webPublishItems")


def make_harmless(package: Package, workbook: WorkbookPart) -> Counter[str]:
    """Edit the package in place; returns what was taken out, by kind (Chinese)."""
    if any(_UNSUPPORTED.search(name) for name in package.parts):
        raise CannotMark("文件含有数据连接或宏表")
    removed = _drop_parts(package)
    _tidy_workbook(workbook)
    for sheet in workbook.sheets:
        _tidy_sheet(package, sheet.part, removed)
    _tidy_relations(package)
    for name in [n for n in package.parts if _TABLES.search(n)]:
        package.parts[name] = _COLUMN_FORMULAS.sub(b"", package.parts[name])
    return removed


def _drop_parts(package: Package) -> Counter[str]:
    """Drop what does something or leads elsewhere; dropping a part may drop others with it."""
    removed: Counter[str] = Counter()
    for name in list(package.parts):
        kind = next((kind for kind, pattern in _DROPPED.items() if pattern.search(name)), "")
        if (kind or _CALC_CHAIN.search(name)) and name in package.parts:
            package.drop(name)
            if kind and not name.endswith(".rels"):
                removed[kind] += 1
    return removed


def _tidy_workbook(workbook: WorkbookPart) -> None:
    for relation in list(workbook.relations):
        if relation.get("Type", "").rsplit("/", 1)[-1] in _ACTIVE_RELATIONS:
            workbook.relations.remove(relation)
    for node in workbook.root.findall(q("externalReferences")):
        workbook.root.remove(node)
    for name in list(workbook.root.iter(q("definedName"))):
        if _is_active(name):
            parent = name.getparent()
            parent.remove(name)
            if not len(parent):
                workbook.root.remove(parent)


def _is_active(name: etree._Element) -> bool:
    """Whether a defined name leads out of the workbook or runs something."""
    runs = any(name.get(key) for key in ("vbProcedure", "xlm", "function"))
    return runs or bool(REACHES_OUT.search(name.text or ""))


def _tidy_sheet(package: Package, part: str, removed: Counter[str]) -> None:
    """Takes out what leads outside or nowhere, and makes formulas their results."""
    relations = package.relations(part)
    away = [
        n
        for n in relations
        if n.get("TargetMode") == "External" or relations.target(n) not in package.parts
    ]
    data = package.parts[part]
    if not (away or HAS_FORMULAS.search(data)):
        return
    root = package.xml(part)
    _drop_nodes(root, {n.get("Id") for n in away}, removed)
    removed["公式（已改为其结果；没有结果的写作文字）"] += make_still(root)
    for node in away:
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
    while (parent := node.getparent()) is not None and etree.QName(parent).localname in (
        "Choice",
        "Fallback",
        "AlternateContent",
    ):
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
