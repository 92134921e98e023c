"""What is done to the data: one package per stage, named by its verb."""

__version__ = "0.1.0"
