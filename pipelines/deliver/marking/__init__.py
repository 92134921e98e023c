"""The submitted workbook, handed back as it was, with its findings at their cells.

The package is edited part by part, so that whatever is not touched (widths, fonts, merges,
pictures, charts) stays byte for byte. Nothing is executed, followed or unpacked to disk.
"""
