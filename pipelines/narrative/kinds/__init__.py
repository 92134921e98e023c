"""The kinds of relation: sum, equality, part within whole, share, change, rate, completion,
average.

Each builds a :class:`~pipelines.narrative.relations.Relation` from terms. Intervals carry what
rounding hides, so there is no tolerance to set. What does not belong here: where the terms come
from.
"""
