"""Sample submissions: made-up units whose tables hold together, laid out as real exports are."""

from pipelines.sample.faults import Fault, inject
from pipelines.sample.model import SampleSet, Unit, UnitYear, facts_of, generate
from pipelines.sample.style import Style, random_style
from pipelines.sample.writing import SampleReport, WrittenFile, write_samples, write_submission

__all__ = [
    "Fault",
    "SampleReport",
    "SampleSet",
    "Style",
    "Unit",
    "UnitYear",
    "WrittenFile",
    "facts_of",
    "generate",
    "inject",
    "random_style",
    "write_samples",
    "write_submission",
]
