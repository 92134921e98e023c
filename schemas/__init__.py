"""What the data is: forms, codes, rules and datasets. No input or output happens here."""
