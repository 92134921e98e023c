"""Narratives: CPU time a document, and the share of its figures that is understood, over the
invented documents of the tests.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from pipelines.narrative.check import check_narrative
from pipelines.narrative.coverage import coverage
from pipelines.narrative.read import read_text

DOCUMENTS = Path(__file__).parents[1] / "tests" / "narrative" / "documents"


@dataclass(frozen=True, slots=True)
class Texts:
    """``seconds`` of CPU for all ``documents``; ``bound`` of ``figures`` were understood."""

    documents: int
    characters: int
    seconds: float
    bound: int
    figures: int


def usual_document(folder: Path = DOCUMENTS) -> Path:
    """The document of middle length."""
    documents = sorted(folder.glob("*.txt"), key=lambda path: path.stat().st_size)
    return documents[len(documents) // 2]


def texts(folder: Path = DOCUMENTS) -> Texts:
    """Reads and checks every document twice and takes the second time: the first one loads the
    vocabulary.
    """
    documents = [p.read_text(encoding="utf-8") for p in sorted(folder.glob("*.txt"))]
    bound = figures = 0
    seconds = 0.0
    for _ in range(2):
        bound = figures = 0
        started = time.process_time()
        for text in documents:
            narrative = read_text(text)
            check_narrative(narrative, file="说明.txt")
            counted = coverage(narrative)
            bound += counted.bound
            figures += counted.figures
        seconds = time.process_time() - started
    return Texts(len(documents), sum(map(len, documents)), seconds, bound, figures)
