"""Field types that all routes share: bounded, clean, and the same in every module's description."""

from datetime import UTC, date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Header, Query
from pydantic import AfterValidator, Field, PlainSerializer, StringConstraints, WithJsonSchema

from chengtuan.kernel.calendar import FIRST, LAST, instant_of
from chengtuan.kernel.money import MAX_FEN
from chengtuan.kernel.pagination import MAX_LIMIT
from chengtuan.kernel.proof_of_work import MAX_NONCE
from chengtuan.kernel.text import LANGUAGES
from chengtuan.platform.http.typed_fields import Line, Prose


def _one_known_language(value: dict[str, str]) -> dict[str, str]:
    unknown = set(value) - set(LANGUAGES)
    if unknown:
        raise ValueError(f"unknown language: {', '.join(sorted(unknown))}")
    kept = {language: text.strip() for language, text in value.items() if text.strip()}
    if not kept:
        raise ValueError("at least one language is needed")
    return kept


def zulu(value: datetime) -> str:
    """How all answers write an instant: UTC with milliseconds."""
    return value.astimezone(UTC).isoformat(timespec="milliseconds")[: -len("+00:00")] + "Z"


def _in_calendar(value: date) -> date:
    if not FIRST.date() <= value < LAST.date():
        raise ValueError(f"a day from {FIRST.year} to {LAST.year - 1} is needed")
    return value


ShortText = Annotated[str, Line(200, least=1)]
LText = Annotated[
    dict[str, Annotated[str, Prose(4000)]],
    AfterValidator(_one_known_language),
    Field(description="Text by language: zh-Hant, zh-Hans, en; at least one."),
]
LName = Annotated[
    dict[str, Annotated[str, Line(120)]],
    AfterValidator(_one_known_language),
    Field(description="One line of text by language: zh-Hant, zh-Hans, en; at least one."),
]
LTextOut = Annotated[dict[str, str], Field(description="Text by language: zh-Hant, zh-Hans, en; at least one.")]
FenIn = Annotated[int, Field(ge=0, le=MAX_FEN, strict=True, description="fen, 1/100 yuan")]
FenOut = Annotated[int, Field(description="fen, 1/100 yuan")]
Instant = Annotated[
    datetime,
    AfterValidator(instant_of),
    PlainSerializer(zulu, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),  # the serialiser alone would make it any text
]
Version = Annotated[
    int,
    Field(
        ge=1,
        le=2_000_000_000,
        strict=True,
        description="The version that was read and is to be replaced; another one is refused.",
    ),
]
VersionOut = Annotated[int, Field(description="Rises with each change; a change names the version it replaces.")]
Nonce = Annotated[
    str,
    StringConstraints(max_length=MAX_NONCE, pattern=r"^[!-~]*$"),
    Field(description="What a device found that worked: SHA-256 of `challenge:nonce` begins with so many zero bits."),
]
Day = Annotated[date, AfterValidator(_in_calendar)]
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT)]
Cursor = Annotated[str | None, Query(max_length=400)]
IdempotencyKey = Annotated[
    UUID, Header(alias="Idempotency-Key", description="Made once per attempt; repeat it on retry.")
]
RetryKey = Annotated[
    UUID,
    Header(
        alias="Idempotency-Key",
        description="Counts for nothing: repeating is harmless as it is. What has one is sent again by a proxy.",
    ),
]
OptionalIdempotencyKey = Annotated[
    UUID | None, Header(alias="Idempotency-Key", description="Made once per attempt; without it a retry counts again.")
]
