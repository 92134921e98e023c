"""What a run or a look and its readers both need, made when this is imported: by the command before
readers are forked from it (``pipelines/intake/stem.py``), where each of them would have to make it.
"""

from __future__ import annotations

import numpy.ma  # noqa: F401  Arrow asks for it with the first array of numpy's, which loads it then

from schemas.arrow import load_compute
from schemas.library import code_list, forms

load_compute()
forms()
code_list("functional")
code_list("economic")
