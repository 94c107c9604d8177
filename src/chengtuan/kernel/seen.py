"""Cursors for lists whose order moves while somebody reads on: they hold what was seen, not where.

Each page is then the best of what is left: nothing comes twice, and nothing is missed because it moved up.
"""

import base64
import binascii
import zlib
from collections.abc import Iterable

from chengtuan.kernel.pagination import BadCursor

MOST_SEEN = 2000
"""Nobody reads further than so many; the list ends there."""
_MOST_BYTES = MOST_SEEN * 5
_LARGEST = 2**31 - 1


def encode_seen(numbers: Iterable[int]) -> str:
    """Positive numbers of things seen, as text: their gaps, 7 bits a byte, compressed."""
    gaps = bytearray()
    before = 0
    for number in sorted(set(numbers)):
        gap, before = number - before, number
        while gap > 0x7F:
            gaps.append(gap & 0x7F | 0x80)
            gap >>= 7
        gaps.append(gap)
    return base64.urlsafe_b64encode(zlib.compress(bytes(gaps), 9)).decode().rstrip("=")


def decode_seen(cursor: str | None) -> list[int]:
    """The numbers; none for the first page. Raises BadCursor."""
    if not cursor:
        return []
    try:
        unpack = zlib.decompressobj()
        gaps = unpack.decompress(base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True), _MOST_BYTES)
    except (ValueError, zlib.error, binascii.Error) as error:
        raise BadCursor from error
    numbers: list[int] = []
    number = gap = shift = 0
    for byte in gaps:
        gap |= (byte & 0x7F) << shift
        shift += 7
        if byte & 0x80:
            continue
        number += gap
        gap = shift = 0
        numbers.append(number)
        if number > _LARGEST:
            raise BadCursor
    if not unpack.eof or shift or len(numbers) > MOST_SEEN:
        raise BadCursor
    return numbers
