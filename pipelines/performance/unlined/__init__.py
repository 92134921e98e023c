"""Project forms of a PDF without ruled lines, read from where their words stand.

A part (head, money, goals, indicators) is read where its columns and rows leave one reading only;
else it is left out and said.
"""
