"""What the prose says of the projects' evaluation in numbers, a module for each kind of statement.

Only where the wording leaves one reading. What does not belong here: whether it is right
(``checks/said_*.py``).
"""
