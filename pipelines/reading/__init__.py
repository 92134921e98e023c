"""A submitted file read for extraction, in a worker process: opened by its type, its sheets or
tables recognised, its facts written. Knows the rooms below it (intake, containers, tables,
extract); none of them knows it.
"""
