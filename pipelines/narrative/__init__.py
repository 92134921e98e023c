"""The disclosure narrative (决算公开说明): read it, check it, draft it, hand it back marked."""
