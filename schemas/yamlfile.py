"""Reading the YAML that ships with the package: the C parser where there is one, several times as
fast.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def parse_yaml(text: str) -> Any:
    """The document in ``text``. Raises yaml.YAMLError."""
    return yaml.load(text, LOADER)


def read_yaml(path: Path) -> Any:
    """The document in a file (UTF-8). Raises yaml.YAMLError and OSError."""
    return parse_yaml(path.read_text(encoding="utf-8"))
