"""The performance report drafted from the published figures: ``tables.py`` and ``projects.py``
say what, ``word.py`` and ``sheets.py`` write it.
"""
