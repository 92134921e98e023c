"""Tables out of a text that keeps one cell a line, as Word gives when it is saved as plain text.

A cell begins at a line with a tab in front; lines without one continue it. A cell merged downwards
is an empty cell, one merged across stands once, so rows of one table differ in length. Empty lines
end rows, but also stand inside cells: where a header is known (``recognise``), rows are cut again
by its width.
"""
