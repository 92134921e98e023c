"""The disclosure narrative handed back as Word, its findings highlighted and commented."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lxml.etree import LxmlError

from pipelines.deliver.filenames import aside_of
from pipelines.deliver.marking.mark import Marked, Source, checked_bytes, put
from pipelines.deliver.marking.package import CannotMark, Package
from schemas.observation import Observation


@dataclass(frozen=True, slots=True)
class NarrativeJob:
    """One narrative: where its marked copy goes, the file, and what was found in it; ``covered``:
    whether the copy says which of its figures were read (of a performance report it does not:
    its figures stand in tables).
    """

    target: Path
    source: Source
    observations: tuple[Observation, ...]
    covered: bool = True


def mark_text(job: NarrativeJob) -> Marked:
    """Write the marked copy; a narrative that cannot be read costs only its own copy."""
    from pipelines.deliver.marking.wordsafe import make_word_harmless
    from pipelines.narrative.mark import mark_narrative
    from pipelines.narrative.source import NarrativeError

    result = Marked(job.target)
    aside = aside_of(job.target, ".docx")
    # The bytes that were checked, and not whatever stands under that path by now.
    copy = aside_of(job.target, f".source{job.source.path.suffix}")
    try:
        data = checked_bytes(job.source)
        aside.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(data)
        mark_narrative(copy, job.observations, aside, covered=job.covered)
        make_word_harmless(aside)
        put(job.target, Package.read(aside).to_bytes())
        result.written = True
    except NarrativeError as error:
        result.trouble.append(f"{job.source.file}：{error.reason}，无法标注")
    except (LxmlError, ValueError, KeyError, IndexError, AttributeError):
        result.trouble.append(f"{job.source.file}：文件内部结构不合规范，无法标注")
    except CannotMark as error:
        result.trouble.append(f"{job.source.file}：{error}，无法标注")
    finally:
        aside.unlink(missing_ok=True)
        copy.unlink(missing_ok=True)
    return result
