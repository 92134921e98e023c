"""One run: its steps in order, what they share, and the two ways to drive them (directly, or as a
Prefect flow).
"""
