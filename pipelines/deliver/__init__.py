"""What finance receives: the summary, a workbook for each unit and year, marked copies,
and a page.
"""

from pipelines.deliver.deliver import deliver

__all__ = ["deliver"]
