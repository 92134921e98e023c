"""What is done to the data: one package per stage, named by its verb."""

import os

__version__ = "0.1.0"

# Pydantic looks for plugins in the metadata of every installed package; nothing here has any.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
