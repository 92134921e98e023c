"""Publishing: build aside, audit, swap one pointer.

Nothing here knows of rules, workbooks or the command line.
"""
