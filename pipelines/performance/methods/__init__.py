"""How the indicators of 附件1 are computed: one function a method, a module a theme.

What does not belong here: which indicator uses which method (``schemas/performance/*.yml``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pipelines.performance.methods.payments import completion, progress, residual
from pipelines.performance.methods.problems import unresolved, violations
from pipelines.performance.methods.spending import deviation_bands, disposal
from pipelines.performance.methods.targets import target_reached, target_setting
from pipelines.performance.methods.told import feedback, manual, ratio, spot_check, yes_no
from pipelines.performance.score import Score

if TYPE_CHECKING:
    from pipelines.performance.case import Case
    from schemas.performance_schemes import SchemeIndicator

Method = Callable[["Case", "SchemeIndicator"], Score]
METHODS: dict[str, Method] = {
    "target_setting": target_setting,
    "target_reached": target_reached,
    "deviation_bands": deviation_bands,
    "disposal": disposal,
    "progress": progress,
    "completion": completion,
    "residual": residual,
    "violations": violations,
    "unresolved": unresolved,
    "yes_no": yes_no,
    "feedback": feedback,
    "manual": manual,
    "spot_check": spot_check,
    "ratio": ratio,
}
