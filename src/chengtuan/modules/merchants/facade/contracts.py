from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class Merchant:
    """A shop's public face. Texts are by language; `demo` marks content that is not real."""

    id: UUID
    name: dict[str, str]
    intro: dict[str, str]
    logo_url: str
    demo: bool
