"""Old Word documents (.doc, .wps) made into .docx by LibreOffice, where it is installed.

It runs for one document at a time with a profile of its own, without macros, without a network
where
the kernel allows that to everyone, within time and memory; what it writes is read like any .docx.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.intake.limits import LIMITS
from pipelines.intake.refusal import Refused
from pipelines.intake.stable import read_stable

if TYPE_CHECKING:
    from pipelines.intake.rawfile import RawFile

NEEDED = (
    "是旧版 Word 文档（.doc、.wps）；本机没有安装 LibreOffice，无法读取。"
    "请用 Word 或 WPS 打开并另存为 .docx 后重新提交。"
)
FAILED = (
    "是旧版 Word 文档（.doc、.wps），转换没有成功；请用 Word 或 WPS 打开并另存为 .docx 后重新提交。"
)
SECONDS = (
    120  # a document of a hundred pages takes some ten, the first start of the program as many
)
MEMORY_KB = 4 << 20  # address space: the program maps some two gigabytes before it opens anything
FILE_BLOCKS = 400_000  # of 512 bytes: what it may write, twice the largest document that is read
_LIMITS = f"ulimit -v {MEMORY_KB}; ulimit -t {SECONDS}; ulimit -f {FILE_BLOCKS}; ulimit -c 0"
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop>
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
</oor:items>
"""


@cache
def program() -> str | None:
    """Where LibreOffice is; None where it is not installed."""
    return shutil.which("soffice") or shutil.which("libreoffice")


@cache
def without_network() -> tuple[str, ...]:
    """The words that take a program off the network, where the kernel lets this account do so."""
    unshare = shutil.which("unshare")
    if unshare is None:
        return ()
    for words in ((unshare, "-rn"), (unshare, "-n")):
        tried = subprocess.run((*words, "true"), capture_output=True, check=False)
        if tried.returncode == 0:
            return words
    return ()


def with_converted(files: Iterable[RawFile], cache_folder: Path) -> list[RawFile]:
    """The files, each old Word document that is ready as the .docx it was made into.

    Conversions are kept in ``cache_folder`` under the hash of the document. One that does not
    succeed is quarantined.
    """
    return [_converted(f, cache_folder) if f.type == "doc" else f for f in files]


def _converted(file: RawFile, folder: Path) -> RawFile:
    if file.status != "ready" or not file.sha256:
        return file
    target = folder / f"{file.sha256}.docx"
    try:
        if not target.is_file():
            _keep(
                to_docx(read_stable(file.path, sha256=file.sha256, limit=LIMITS.file_bytes)[0]),
                target,
            )
        _, digest = read_stable(target, limit=LIMITS.file_bytes)
    except Refused as refused:
        return replace(file, status="quarantined", reason=refused.reason)
    with contextlib.suppress(OSError):
        os.utime(target)  # what is used stays in the cache
    return replace(file, path=target, type="docx", sha256=digest, submitted_sha256=file.sha256)


def _keep(data: bytes, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_suffix(".part")
    aside.write_bytes(data)
    os.replace(aside, target)


def to_docx(data: bytes) -> bytes:
    """The document as .docx. Raises Refused where LibreOffice is missing or cannot read it."""
    soffice = program()
    if soffice is None:
        raise Refused(NEEDED)
    with tempfile.TemporaryDirectory(prefix="caijue-office-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        (folder / "in.doc").write_bytes(data)
        profile = folder / "profile" / "user"
        profile.mkdir(parents=True)
        (profile / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
        said = _run(soffice, folder)
        made_file = folder / "out" / "in.docx"
        if not made_file.is_file() or not made_file.stat().st_size:
            raise Refused(FAILED, said)
        return read_stable(made_file, limit=LIMITS.file_bytes)[0]


def _run(soffice: str, folder: Path) -> str:
    """Runs the conversion in a process group of its own, which ends with the time it has."""
    command = [
        *without_network(), "/bin/sh", "-c", f'{_LIMITS}; exec "$@"', "sh", soffice,
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck",
        "--convert-to", "docx:MS Word 2007 XML", "--outdir", str(folder / "out"),
        str(folder / "in.doc"),
    ]  # fmt: skip
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(folder), "TMPDIR": str(folder)}
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=environment,
            cwd=folder,
            start_new_session=True,
        )
    except OSError as error:
        raise Refused(FAILED, repr(error)) from error
    try:
        _, said = process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return "timeout"
    return said.decode("utf-8", "replace")[-2000:]
