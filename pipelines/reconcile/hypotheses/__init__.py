"""Slips larger than a cell: a table of another year, a roll-up without one child, rows that
moved. Tried on the whole family.
"""
