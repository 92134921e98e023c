"""How right the advice is: known faults put into generated departments, in process, hundreds in a
minute.
"""
