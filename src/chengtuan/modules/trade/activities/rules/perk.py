"""The initiator's perk: part of the price of one unit goes back when the group forms, paid by the merchant.

It is paid back and not deducted beforehand, so that nobody opens groups for nothing, and so that it
belongs to whoever is the initiator when the group forms.
"""

from chengtuan.kernel.money import Fen, permille_of


def initiator_back(unit_final: Fen, percent: int | None) -> Fen:
    """What goes back to the initiator, from the final price of one unit; 100 percent is all of it."""
    return permille_of(unit_final, percent * 10) if percent else 0
