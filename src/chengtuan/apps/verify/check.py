"""Everything that can be asked of a shop's data without changing it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, LiteralString

import psycopg

from chengtuan.apps.installation import with_database
from chengtuan.apps.ownership import Keys, refuse_stranger
from chengtuan.apps.registry import MANIFESTS
from chengtuan.apps.verify.invariants import broken_rules
from chengtuan.platform.crypto import KeyRing
from chengtuan.platform.installation import unreadable
from chengtuan.platform.settings import PlatformSettings, load_settings

_COUNTS: dict[str, LiteralString] = {
    "people": "select count(*) from accounts.person",
    "orders": "select count(*) from trade.shop_order",
    "payments": "select count(*) from payments.payment",
    "refunds": "select count(*) from payments.refund",
    "ledger lines": "select count(*) from payments.entry",
    "products": "select count(*) from catalog.product",
    "uploaded pictures": "select count(*) from catalog.media",
}


@dataclass(frozen=True)
class Findings:
    """`counts` say how much there is; the rest is empty where all is well."""

    counts: dict[str, int]
    broken_rules: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    missing_pictures: list[str] = field(default_factory=list)

    def sentences(self) -> list[str]:
        """What is wrong, a line each."""
        return [
            *self.broken_rules,
            *(f"the keys do not open {column}" for column in self.unreadable),
            *(f"the picture {url} is missing" for url in self.missing_pictures),
        ]

    def summary(self) -> str:
        return summary(self.counts)


def summary(counts: Mapping[str, int]) -> str:
    """How much there is, for people."""
    return ", ".join(f"{number} {what}" for what, number in counts.items())


def examine(
    connection: psycopg.Connection[Any], keys: KeyRing, media: Path | None, *, settled: bool = False
) -> Findings:
    """Looks at every sealed value, every rule and every uploaded picture (below `media`, unless None).

    Runs in the transaction open on `connection`, best one of REPEATABLE READ. `settled` as in `broken_rules`.
    """
    counts = {}
    for what, query in _COUNTS.items():
        row = connection.execute(query).fetchone()
        counts[what] = int(row[0]) if row else 0
    return Findings(
        counts,
        broken_rules(connection, settled=settled),
        unreadable(connection, [manifest.metadata for manifest in MANIFESTS], keys),
        [] if media is None else missing_pictures(uploaded(connection), media),
    )


def verify_installation(own: Mapping[str, str], *, settled: bool = False) -> Findings:
    """The findings in the copy that `own` names. Raises SetupProblem."""
    with with_database(own) as environ:
        refuse_stranger(environ)
        settings = load_settings(PlatformSettings, environ)
        with psycopg.connect(settings.database_url) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            return examine(connection, Keys.of(settings).ring, settings.data / "media", settled=settled)


def uploaded(connection: psycopg.Connection[Any]) -> list[str]:
    """The addresses of all pictures that merchants uploaded, `/media/…`."""
    return [row[0] for row in connection.execute("select url from catalog.media order by url").fetchall()]


def missing_pictures(urls: Iterable[str], media: Path) -> list[str]:
    """Those without a file."""
    return [url for url in urls if not (media / url.removeprefix("/media/")).is_file()]
