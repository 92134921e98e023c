"""Numbers for whose cell an operand is, and for the side of the formula on which it stands."""

from __future__ import annotations

# The unit and year itself, the year before, the subordinate units; the unit itself where a formula
# looks at its subordinates.
SELF, LAST_YEAR, CHILDREN, PARENT = 0, 1, 2, 3
LEFT, RIGHT, SLACK = 0, 1, 2
SIDES = {"left": LEFT, "right": RIGHT, "slack": SLACK}
