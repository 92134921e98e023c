"""Sheets in other containers than .xlsx and .xls: web pages, archives of them, XML, delimited
text, .xlsb, .ods.

What belongs here: bytes in, :class:`~pipelines.intake.workbook.Sheet` out, each cell where a
spreadsheet program would show
it. What does not: which form a sheet is (``extract``) and documents with prose (``tables``).
"""
