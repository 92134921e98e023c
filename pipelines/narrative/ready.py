"""What every reader of texts needs, made when this is imported: once by the fork server, for all
its workers, where each would have several hundred wordings to compile.
"""

from __future__ import annotations

from pipelines.narrative.tokens import wordings
from pipelines.narrative.vocabulary import vocabulary

vocabulary()
wordings()
