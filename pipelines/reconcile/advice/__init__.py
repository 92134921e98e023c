"""What to look at first: which cells are suspected of what fails, and what they should hold."""
