"""The 13 public tables: their figures, how they are rounded, what is lacking, and what is said
beneath them. No file is written here.
"""
