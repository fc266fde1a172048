"""What is this number of?

Takes: text such as "70 kg", decimals. Gives: exact amounts in one canonical unit per kind, and their printed form.
May import: errors.
"""

from opsonin.quantities.quantity import Quantity, read_quantity, show, unit_in_words, unit_kinds
from opsonin.quantities.rounding import round_down, round_half_up, round_up

__all__ = [
    "Quantity",
    "read_quantity",
    "round_down",
    "round_half_up",
    "round_up",
    "show",
    "unit_in_words",
    "unit_kinds",
]
