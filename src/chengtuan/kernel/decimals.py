"""Whole numbers as machines write them in headers and settings."""

MOST_DIGITS = 18


def decimal(text: str) -> int | None:
    """The number that the ASCII digits of `text` say; None for anything else, and for more than 18 of them.

    `str.isdigit` takes digits that `int` refuses, such as "²", and `int` raises for some thousands of them.
    """
    if not text.isascii() or not text.isdigit() or len(text) > MOST_DIGITS:
        return None
    return int(text)
