"""What a finding says. The words are templates in ``schemas/message_words.yml``; here their parts
are made.

Two sentences for each failing instance: a short one for lists (what to do, where, how much, by how
much) and the whole formula with the full name of every cell. Where a table is in 万元 (千元, 百元,
亿元), its amounts are given in that unit, and all others of the message say 元. Differences are in
the unit of the sheets where they have one, else in 元.

All in SQL, because there may be a million: ``macros.sql`` (amounts, names), ``operands.sql`` (an
operand in words), ``sides.sql`` (a side of the formula); ``parts.py`` puts the sides together,
``templates.py`` fills the templates.
"""

from pipelines.reconcile.messages.write import load_macros, write_messages

__all__ = ["load_macros", "write_messages"]
