"""What every reader of workbooks needs, made when this is imported: once by the fork server, for
all its workers. An organisation's own forms are added by each worker.
"""

from __future__ import annotations

from pipelines.extract.columns import header_words
from pipelines.extract.workbook import known_forms
from schemas.library import forms

known_forms(())
for form in forms().values():
    header_words(form)  # the economic classes of wide forms with them
