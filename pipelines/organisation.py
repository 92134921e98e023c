"""The stages as the settings of this installation call them: the organisation's own forms and rules
beside the shipped.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pipelines.config import Config
from pipelines.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from schemas.library import Form
    from schemas.rulebook import Rulebook

SETTING = "自定义表格（设置 forms_folders）"
ADVICE = "请改正后重新运行；各项的写法见 docs/forms.md。"


def form_library(config: Config) -> dict[str, Form]:
    """Every form, those of the organisation's own folders replacing shipped ones of the same id.

    Raises UsageError where one of those folders is missing or a form in them is wrong.
    """
    from pipelines.folders import check_own_folders
    from schemas.formmistakes import FormMistake
    from schemas.library import FORMS_DIR, forms, load_forms

    check_own_folders(config)
    if not config.forms_folders:
        return forms()
    try:
        return load_forms((FORMS_DIR, *config.forms_folders))
    except FormMistake as mistake:
        raise UsageError(f"{SETTING}写错了：\n{mistake}\n{ADVICE}") from mistake


def check_own_forms(config: Config) -> None:
    """Raises UsageError where a form of the organisation's own is wrong: before a file is read."""
    if config.forms_folders:
        form_library(config)


def rulebook(config: Config) -> Rulebook:
    """Every rule, with those of the organisation's own folders."""
    from schemas.kept import kept
    from schemas.library import CODES_DIR, FORMS_DIR
    from schemas.rulebook import RULES_DIR, load_rulebook

    forms = form_library(config)
    folders = (RULES_DIR, *config.rules_folders)
    made_from = (*folders, FORMS_DIR, CODES_DIR, *config.forms_folders)
    return kept("rules", made_from, lambda: load_rulebook(folders, forms=forms))


def scheme_folders(config: Config) -> tuple[Path, ...]:
    """Where schemes of 附件1 lie: the shipped ones, then the organisation's own.

    Raises UsageError where one of those folders is missing.
    """
    from pipelines.folders import check_own_folders
    from schemas.performance_schemes import SCHEMES_DIR

    check_own_folders(config)
    return (SCHEMES_DIR, *config.schemes_folders)


def extraction_version(config: Config) -> str:
    """The version of forms and extraction: part of the key under which extractions are kept."""
    return extraction_version_of(config.forms_folders)


def extraction_version_of(folders: Iterable[Path]) -> str:
    """The same, of these folders of own forms."""
    import hashlib

    from pipelines.extract import VERSION

    texts = [p.read_bytes() for folder in folders for p in sorted(folder.glob("*.yml"))]
    return f"{VERSION}-{hashlib.sha256(b''.join(texts)).hexdigest()[:8]}" if texts else VERSION
