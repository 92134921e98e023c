"""What a file is, by its content: the name only decides where the content leaves a choice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from pipelines.intake.archive import ENCRYPTED, Package
from pipelines.intake.foreign import (
    Unreadable,
    archive_title,
    other_title,
    unreadable,
    unreadable_package,
)
from pipelines.intake.limits import LIMITS, Limits
from pipelines.intake.refusal import Refused
from pipelines.intake.textkinds import Text, text_of

EMPTY = "文件为空（0 字节），可能未导出成功或未传完；请重新导出后提交。"
SHEET_SUFFIXES = {
    ".xls",
    ".xlsx",
    ".xlsm",
    ".xlsb",
    ".xlt",
    ".xltx",
    ".xltm",
    ".et",
    ".ett",
    ".ods",
}
WORD_SUFFIXES = {".doc", ".docx", ".docm", ".wps", ".wpt", ".rtf", ".odt"}
PDF_SUFFIXES = {".pdf"}
TEXT_SUFFIXES = {".txt", ".text", ".html", ".htm", ".xhtml", ""}
DELIMITED_SUFFIXES = {".csv", ".tsv", ".tab"}
ARCHIVED_SUFFIXES = {".mht", ".mhtml"}
ARCHIVE_SUFFIXES = {".zip", ".rar", ".7z", ".gz", ".tgz", ".tar", ".bz2", ".xz"}

# Types of workbooks: all that holds sheets, whatever it is kept in.
SHEET_TYPES = frozenset(
    ("xlsx", "xlsm", "xls", "xlsb", "ods", "csv", "htmlsheet", "mhtsheet", "xmlsheet")
)
# Workbooks kept in something that is none, as many systems export them under an .xls name.
DISGUISED = {
    "csv": "以制表符或逗号分隔的文本（CSV、TSV）",
    "htmlsheet": "另存的网页（HTML）",
    "mhtsheet": "网页归档（MHTML）",
    "xmlsheet": "XML 电子表格 2003",
}
# Types of documents whose tables are read as forms, besides their text as narrative.
DOCUMENT_TYPES = frozenset(("docx", "odt", "rtf", "html", "mht", "pdf"))
_PDF = b"%PDF-"
# bytes: some senders put a line of their own before the document; readers accept that
_PDF_WITHIN = 1024
LOCKED = "压缩包设有密码，无法打开；请取消密码，或解压后把其中的文件放入收件文件夹。"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLD_EXCEL = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")
_RESAVE = "请用 Excel 打开并另存为 .xlsx 后重新提交"


@dataclass(frozen=True, slots=True)
class Kind:
    """``kind``, ``type``, ``status`` (ready, quarantined, ignored), ``reason`` and ``notes`` as in
    RawFile.
    """

    kind: str
    type: str
    status: str = "ready"
    reason: str = ""
    notes: tuple[str, ...] = ()


def classify(data: bytes, name: str, limits: Limits = LIMITS) -> Kind:
    """What the content is. ``name`` is the file's name; ``data`` all its bytes."""
    suffix = PurePath(name).suffix.lower()
    if not data:
        return _empty(suffix)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _package(data, suffix, limits)
    if data.startswith(OLE):
        return _compound(data, suffix)
    if data.startswith(_OLD_EXCEL):
        return _refuse("workbook", "xls", f"是 Excel 4 或更早版本的工作簿，无法读取；{_RESAVE}。")
    if data.startswith(b"{\\rtf"):
        return _named("narrative", "rtf", suffix, ".rtf")
    if _is_pdf(data, suffix):
        return _pdf(suffix)
    return _foreign(data, suffix) or _text(data, suffix) or _unknown(suffix)


def _is_pdf(data: bytes, suffix: str) -> bool:
    """The mark may stand a little after the beginning where the name says what it is."""
    return _PDF in data[:_PDF_WITHIN] and (data.startswith(_PDF) or suffix in PDF_SUFFIXES)


def claims(suffix: str) -> str:
    """The kind a file of that name pretends to be."""
    if suffix in SHEET_SUFFIXES:
        return "workbook"
    documents = WORD_SUFFIXES | TEXT_SUFFIXES | PDF_SUFFIXES
    return "narrative" if suffix in documents else "other"


def _refuse(kind: str, type: str, reason: str) -> Kind:
    return Kind(kind, type, "quarantined", reason)


def _empty(suffix: str) -> Kind:
    kind = claims(suffix)
    if kind == "other" and suffix not in (".csv", ".tsv", *ARCHIVE_SUFFIXES):
        return Kind("other", "", "ignored", "空文件，且不是报表或说明。")
    return _refuse(kind, "", EMPTY)


def _named(kind: str, type: str, suffix: str, *usual: str) -> Kind:
    notes = () if suffix in usual else ("wrong_extension",)
    return Kind(kind, type, notes=notes)


def _package(data: bytes, suffix: str, limits: Limits) -> Kind:
    try:
        package = Package(data, limits)
    except Refused as refused:
        locked = refused.reason == ENCRYPTED and claims(suffix) == "other"
        return _refuse(claims(suffix), "", LOCKED if locked else refused.reason)
    names = {name.casefold() for name in package}
    found = _excel_package({n for n in names if n.startswith("xl/")}, suffix)
    if found:
        return found
    if "word/document.xml" in names:
        return _named("narrative", "docx", suffix, ".docx", ".docm")
    return _other_package(package, names, suffix)


def _excel_package(parts: set[str], suffix: str) -> Kind | None:
    """A workbook by its parts below ``xl/``; None where these are none's."""
    macro = any(n.endswith("vbaproject.bin") for n in parts)
    if "xl/workbook.bin" in parts:
        kind = _named("workbook", "xlsb", suffix, ".xlsb")
        return _with_note(kind, "macro") if macro else kind
    if "xl/workbook.xml" in parts or any(n.startswith("xl/worksheets/") for n in parts):
        if macro:
            return _with_note(_named("workbook", "xlsm", suffix, ".xlsm", ".xltm"), "macro")
        return _named("workbook", "xlsx", suffix, ".xlsx", ".xlsm", ".xltx")
    return None


def _with_note(kind: Kind, note: str) -> Kind:
    return Kind(kind.kind, kind.type, kind.status, kind.reason, (*kind.notes, note))


def _other_package(package: Package, names: set[str], suffix: str) -> Kind:
    if any(n.startswith("ppt/") for n in names):
        return _not_ours("演示文稿（PowerPoint）", suffix)
    if "content.xml" in names:
        return _open_document(package, suffix)
    if (found := unreadable_package(names)) is not None:
        return _unread(found)
    if suffix in SHEET_SUFFIXES or suffix in WORD_SUFFIXES:
        return _refuse(
            claims(suffix), "", "是普通 ZIP 压缩包，其中没有工作簿或文档内容；请重新导出后提交。"
        )
    return _named("archive", "zip", suffix, ".zip")


def _open_document(package: Package, suffix: str) -> Kind:
    """OpenDocument says in a part of its own what it is."""
    try:
        told = package.read("mimetype")[:100].decode("ascii", "replace").strip()
    except Refused:
        told = ""
    if "opendocument.spreadsheet" in told:
        return _named("workbook", "ods", suffix, ".ods", ".ots")
    if "opendocument.text" in told:
        return _named("narrative", "odt", suffix, ".odt", ".ott")
    return _not_ours("OpenDocument 的其他文档", suffix)


def streams(data: bytes) -> set[str]:
    """Names of the streams and storages in an OLE container, read off its directory entries (128
    bytes each).
    """
    found = set()
    for name in (
        "Workbook",
        "Book",
        "WordDocument",
        "EncryptedPackage",
        "EncryptionInfo",
        "PowerPoint Document",
    ):
        spelled = name.encode("utf-16-le") + b"\0\0"
        at = data.find(spelled)
        while at >= 0:
            if at % 128 == 0 and data[at + 64 : at + 66] == len(spelled).to_bytes(2, "little"):
                found.add(name)
                break
            at = data.find(spelled, at + 2)
    return found


def _compound(data: bytes, suffix: str) -> Kind:
    found = streams(data)
    if "EncryptedPackage" in found or "EncryptionInfo" in found:
        return _refuse(claims(suffix), "", ENCRYPTED)
    if found & {"Workbook", "Book"}:
        return _named("workbook", "xls", suffix, ".xls", ".xlt", ".et")
    if "WordDocument" in found:
        return _named("narrative", "doc", suffix, ".doc", ".dot", ".wps", ".wpt")
    if "PowerPoint Document" in found:
        return _not_ours("演示文稿（PowerPoint）", suffix)
    if claims(suffix) == "workbook":
        return _refuse(
            "workbook", "", f"旧版工作簿（.xls）的结构已损坏，找不到工作簿内容；{_RESAVE}。"
        )
    return Kind("other", "", "ignored", "不是报表或说明（其他 Office 文件）。")


def _pdf(suffix: str) -> Kind:
    """A PDF is a document, but not under the name of a workbook: its tables would not be what was
    asked for.
    """
    if suffix in SHEET_SUFFIXES:
        return _not_ours("PDF 文档", suffix)
    return _named("narrative", "pdf", suffix, ".pdf")


def _foreign(data: bytes, suffix: str) -> Kind | None:
    if title := archive_title(data):
        return _refuse(
            "other", "", f"是 {title}，不会自动解压；请解压后把其中的文件放入收件文件夹。"
        )
    if title := other_title(data):
        return _not_ours(title, suffix)
    found = unreadable(data, suffix)
    return _unread(found) if found else None


def _unread(found: Unreadable) -> Kind:
    """It may be ours: nobody would learn of it if it were left aside without a word."""
    return _refuse(found.kind, "", f"是{found.title}，无法读取；{found.advice}。")


def _not_ours(title: str, suffix: str) -> Kind:
    """Ignored under its own name, quarantined under that of a workbook or a document."""
    if suffix in SHEET_SUFFIXES or suffix in WORD_SUFFIXES or suffix in (".txt", ".html", ".htm"):
        return _refuse(
            claims(suffix), "", f"扩展名为 {suffix}，实际是{title}；请提交由系统导出的原文件。"
        )
    return Kind("other", "", "ignored", f"{title}，不是报表或说明。")


def _text(data: bytes, suffix: str) -> Kind | None:
    found = text_of(data)
    if found is None:
        return None
    kind = _sheets_in_text(found, suffix) or _document_in_text(found, suffix)
    if kind is None and suffix in SHEET_SUFFIXES:
        reason = f"扩展名为 {suffix}，实际是{found.title}，不是 Excel 工作簿；{_RESAVE}。"
        return _refuse("workbook", "", reason)
    if kind is None:
        return Kind("other", "", "ignored", f"{found.title}，不是报表或说明。")
    if not found.encoding.startswith("utf-8"):
        kind = _with_note(kind, f"encoding:{found.encoding}")
    return kind


def _sheets_in_text(found: Text, suffix: str) -> Kind | None:
    """A text that holds sheets: as its content says, or as the content allows and the name says."""
    if found.type == "xmlsheet":
        return _named("workbook", "xmlsheet", suffix, ".xml")
    if found.type in ("html", "mht") and (found.excel or suffix in SHEET_SUFFIXES):
        return _named("workbook", f"{found.type}sheet", suffix, f".{found.type}", ".htm", ".mhtml")
    strictly = suffix in TEXT_SUFFIXES
    named = strictly or suffix in SHEET_SUFFIXES | DELIMITED_SUFFIXES
    if named and found.type == "txt" and found.delimited(prose=not strictly):
        return _named("workbook", "csv", suffix, *DELIMITED_SUFFIXES)
    return None


def _document_in_text(found: Text, suffix: str) -> Kind | None:
    if suffix not in TEXT_SUFFIXES | WORD_SUFFIXES | ARCHIVED_SUFFIXES:
        return None
    if found.type == "xml" and suffix not in WORD_SUFFIXES:
        return None
    if found.type == "xml":
        advice = "请用 Word 打开并另存为 .docx 后重新提交"
        return _refuse("narrative", "", f"扩展名为 {suffix}，实际是{found.title}；{advice}。")
    usual = TEXT_SUFFIXES if found.type != "mht" else ARCHIVED_SUFFIXES
    return _named("narrative", found.type, suffix, *usual)


def _unknown(suffix: str) -> Kind:
    if suffix in SHEET_SUFFIXES:
        return _refuse(
            "workbook", "", f"扩展名为 {suffix}，内容不是 Excel 工作簿，无法识别；{_RESAVE}。"
        )
    if suffix in WORD_SUFFIXES or suffix in (".txt", ".html", ".htm"):
        return _refuse(
            "narrative", "", f"扩展名为 {suffix}，内容不是文档或文本，无法识别；请重新导出后提交。"
        )
    return Kind("other", "", "ignored", "无法识别的文件，不是报表或说明。")
