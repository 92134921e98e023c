"""The short way through a sheet that looks like one read before.

Exporters lay thousands of sheets out alike. What was understood once (a header, a row by its
labels, a table of fixed rows) is known again by exact comparison of its cells; then only amounts
are read. Whatever differs in any way goes the long way, which teaches the next sheet. Both ways
give the same reading: :func:`pipelines.extract.learned.way.long_way` leaves the short one aside,
so that a test can compare them.

What does not belong here: finding out what a sheet is or what its cells mean.
"""
