"""The workbook of one unit and year: the 13 public tables, rounded so that they still balance,
findings, charts, trends.
"""
