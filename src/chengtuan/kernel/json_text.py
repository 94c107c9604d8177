"""What text of a JSON body PostgreSQL and every other reader can take: UTF-8, without NUL, without half characters."""

import re

_ESCAPE = re.compile(rb"\\(?:u([0-9a-fA-F]{4})|.)", re.DOTALL)


def is_clean_json_text(body: bytes) -> bool:
    """Whether the bytes are UTF-8, and no string in them names NUL or half of a surrogate pair.

    Looks at escapes only where there are any: `\\\\u0000` is a backslash and letters, and stays.
    """
    if b"\x00" in body:
        return False
    if not body.isascii():
        try:
            body.decode()
        except UnicodeDecodeError:
            return False
    return b"\\u" not in body or _escapes_are_whole(body)


def _escapes_are_whole(body: bytes) -> bool:
    awaited = -1  # where the second half of a pair has to begin
    for escape in _ESCAPE.finditer(body):
        unit = int(escape[1], 16) if escape[1] else -1
        second = 0xDC00 <= unit < 0xE000
        if unit == 0 or second != (escape.start() == awaited):
            return False
        if awaited >= 0 and not second:
            return False
        awaited = escape.end() if 0xD800 <= unit < 0xDC00 else -1
    return awaited < 0
