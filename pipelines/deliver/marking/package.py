"""An Office Open XML package in memory: parts, relationships, content types; written with fixed
times.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE_REL = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
# Otherwise the prefix depends on which libraries this worker has loaded so far.
etree.register_namespace("r", REL)
LARGEST = 400 * 2**20  # bytes unpacked; the reader's own limit is below it
MOST_PARTS = 5000  # parts of a package that a person made
_EPOCH = (1980, 1, 1, 0, 0, 0)
_DOCTYPE = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.I)


class CannotMark(Exception):
    """The package cannot be edited in place; ``str(error)`` says why, in Chinese."""


def q(name: str) -> str:
    """A name in the spreadsheet namespace."""
    return f"{{{MAIN}}}{name}"


def parse(data: bytes) -> etree._Element:
    """XML without entities, DTDs or network."""
    if _DOCTYPE.search(data[:4096]):
        raise CannotMark("文件含有文档类型声明")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise CannotMark("文件内部的 XML 不完整") from error


def dump(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


@dataclass(slots=True)
class Package:
    """``parts`` maps a part name (without leading slash) to its bytes, in package order."""

    parts: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    def read(cls, source: Path | bytes) -> Package:
        """Every part of the package; refuses one that is too large, or is none."""
        stream = io.BytesIO(source) if isinstance(source, bytes) else source
        try:
            with zipfile.ZipFile(stream) as bundle:
                entries = [e for e in bundle.infolist() if not e.is_dir()]
                if len(entries) > MOST_PARTS or sum(e.file_size for e in entries) > LARGEST:
                    raise CannotMark("文件展开后过大")
                return cls({_part_name(e.filename): bundle.read(e) for e in entries})
        except (
            zipfile.BadZipFile,
            zipfile.LargeZipFile,
            EOFError,
            NotImplementedError,
            RuntimeError,
            OSError,
        ) as error:
            raise CannotMark("文件的压缩包已损坏或读不到") from error

    def to_bytes(self) -> bytes:
        """The package as a file; the same parts always give the same bytes."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as bundle:
            for name in sorted(
                self.parts, key=lambda n: (n != "[Content_Types].xml", n != "_rels/.rels", n)
            ):
                entry = zipfile.ZipInfo(name, _EPOCH)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o600 << 16
                bundle.writestr(entry, self.parts[name])
        return buffer.getvalue()

    def xml(self, name: str) -> etree._Element:
        try:
            return parse(self.parts[name])
        except KeyError as error:
            raise CannotMark(f"文件缺少部件 {name}") from error

    def relations(self, part: str) -> Relations:
        return Relations(self, part)

    def declare(self, part: str, content_type: str) -> None:
        """Give a part its content type, replacing an earlier one."""
        root = self.xml("[Content_Types].xml")
        for node in root.findall(f"{{{TYPES}}}Override"):
            if node.get("PartName", "").lstrip("/").casefold() == part.casefold():
                root.remove(node)
        etree.SubElement(
            root, f"{{{TYPES}}}Override", PartName=f"/{part}", ContentType=content_type
        )
        self.parts["[Content_Types].xml"] = dump(root)

    def declare_extension(self, extension: str, content_type: str) -> None:
        root = self.xml("[Content_Types].xml")
        known = {n.get("Extension", "").casefold() for n in root.findall(f"{{{TYPES}}}Default")}
        if extension not in known:
            root.insert(
                0,
                etree.Element(f"{{{TYPES}}}Default", Extension=extension, ContentType=content_type),
            )
            self.parts["[Content_Types].xml"] = dump(root)

    def drop(self, part: str) -> None:
        """Remove a part, its relations and its content type."""
        self.parts.pop(part, None)
        self.parts.pop(_rels_name(part), None)
        root = self.xml("[Content_Types].xml")
        for node in root.findall(f"{{{TYPES}}}Override"):
            if node.get("PartName", "").lstrip("/") == part:
                root.remove(node)
        self.parts["[Content_Types].xml"] = dump(root)

    def free_name(self, pattern: str) -> str:
        """The first name of ``pattern`` (with ``{}``) that is not taken."""
        taken = {name.casefold() for name in self.parts}
        return next(
            n for n in (pattern.format(i) for i in range(1, 10**6)) if n.casefold() not in taken
        )


def _part_name(name: str) -> str:
    plain = name.replace("\\", "/").lstrip("/")
    if ".." in plain.split("/"):
        raise CannotMark("压缩包内有越界的路径")
    return plain


def _rels_name(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


class Relations:
    """The relations of one part. Changes are kept in the package at once."""

    def __init__(self, package: Package, part: str) -> None:
        self.package, self.part = package, part
        self.name = _rels_name(part)
        data = package.parts.get(self.name)
        self.root = (
            parse(data)
            if data
            else etree.Element(f"{{{PACKAGE_REL}}}Relationships", nsmap={None: PACKAGE_REL})
        )

    def __iter__(self):
        return iter([node for node in self.root if isinstance(node.tag, str)])

    def target(self, node: etree._Element) -> str:
        """The part a relation leads to; empty for one that leads outside."""
        if node.get("TargetMode") == "External":
            return ""
        target = node.get("Target", "")
        if target.startswith("/"):
            return target.lstrip("/")
        return posixpath.normpath(posixpath.join(posixpath.dirname(self.part), target))

    def of_type(self, ending: str) -> list[etree._Element]:
        return [node for node in self if node.get("Type", "").rsplit("/", 1)[-1] == ending]

    def by_id(self, rid: str) -> etree._Element | None:
        return next((node for node in self if node.get("Id") == rid), None)

    def add(self, ending: str, target: str) -> str:
        """A new relation to a part; returns its id."""
        used = {node.get("Id") for node in self}
        rid = next(r for r in (f"rIdM{i}" for i in range(1, 10**6)) if r not in used)
        etree.SubElement(
            self.root,
            f"{{{PACKAGE_REL}}}Relationship",
            Id=rid,
            Type=f"{REL}/{ending}",
            Target=f"/{target}",
        )
        self.save()
        return rid

    def remove(self, node: etree._Element) -> None:
        self.root.remove(node)
        self.save()

    def save(self) -> None:
        self.package.parts[self.name] = dump(self.root)
