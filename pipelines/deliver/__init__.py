"""What finance receives: the summary, a workbook for each unit and year, marked copies,
and a page.
"""
