"""Tables outside workbooks: one reader for Word, HTML, PDF and flattened text.

What belongs here: the :class:`~pipelines.tables.document.Document` (text with its tables) and the
readers that make one from a file. What does not: which form a table is (``extract``) and what a
sentence says (``narrative``).
"""
