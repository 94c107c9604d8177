"""Money is an integer number of fen (1/100 yuan). No floats, ever."""

from collections.abc import Sequence
from typing import TypeAlias

Fen: TypeAlias = int

MAX_FEN = 100_000_000_00
"""A hundred million yuan: no price, stock value or order is larger."""


def format_yuan(amount: Fen) -> str:
    """`12345` → `"123.45"`."""
    sign = "-" if amount < 0 else ""
    yuan, fen = divmod(abs(amount), 100)
    return f"{sign}{yuan}.{fen:02d}"


def permille_of(amount: Fen, permille: int) -> Fen:
    """`permille`/1000 of an amount, rounded half up to the fen (9折 is 900)."""
    if amount < 0 or permille < 0:
        raise ValueError("amount and permille must not be negative")
    return (amount * permille + 500) // 1000


def apportion(total: Fen, weights: Sequence[int]) -> list[Fen]:
    """Split `total` in proportion to `weights` by largest remainder, so that the parts sum to it."""
    whole = sum(weights)
    if whole <= 0:
        raise ValueError("weights must sum to more than zero")
    parts = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return parts
