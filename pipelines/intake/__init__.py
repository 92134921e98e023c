"""Intake: what lies in the raw folder, is it safe to open, and reading it in limited worker
processes.

Nothing here knows a 财决 table: `discover` lists and classifies files, `workbook` turns one into
cells with their addresses, `pool` runs the reading where a bad file costs only itself.
"""
