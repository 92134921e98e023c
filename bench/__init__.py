"""Measurements beside the floor and beside what one would write instead; ``make bench``."""
