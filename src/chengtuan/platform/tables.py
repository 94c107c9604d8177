"""The tables that every module has beside its own: outbox, archive of events, inbox, jobs, rate limits."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


SEALED: dict[Any, Any] = {"bytes": "sealed"}
"""`Column(…, info=SEALED)`: encrypted under the name `schema.table.column`."""
HASHED: dict[Any, Any] = {"bytes": "hashed"}
"""`Column(…, info=HASHED)`: a hash or a keyed digest that is never opened."""


def blind_index(of: str, scope: str) -> dict[Any, Any]:
    """`Column(…, info=blind_index("phone", "accounts.phone"))`: the index of a sealed column beside it."""
    return {"bytes": "blind index", "of": of, "scope": scope}


def instant() -> DateTime:
    """An instant in UTC."""
    return DateTime(timezone=True)


def module_metadata(schema: str) -> MetaData:
    """Metadata for a module's schema, with the platform's tables already in it."""
    metadata = MetaData(schema=schema, naming_convention=NAMING)
    _outbox(metadata)
    _event_archive(metadata, schema)
    inbox = Table(
        "inbox",
        metadata,
        Column("handler", Text, primary_key=True),
        Column("event_id", Uuid, primary_key=True),
        Column("handled_at", instant(), nullable=False),
    )
    # Rows come in the order of time and go in it: a few pages of index find the old ones among millions.
    Index("ix_inbox_handled_at", inbox.c.handled_at, postgresql_using="brin")
    _job(metadata)
    Table(
        "rate_limit",
        metadata,
        Column("key", Text, primary_key=True),
        Column("full_at", instant(), nullable=False),
        prefixes=["UNLOGGED"],
    )
    return metadata


def _outbox(metadata: MetaData) -> None:
    table = Table(
        "outbox",
        metadata,
        Column("seq", BigInteger, Identity(always=True), primary_key=True),
        Column("event_id", Uuid, nullable=False),
        Column("consumer", Text, nullable=False),
        Column("name", Text, nullable=False),
        Column("key", Text, nullable=False),
        Column("payload", Text, nullable=False),
        Column("created_at", instant(), nullable=False),
        Column("attempts", Integer, nullable=False, server_default=text("0")),
        Column("next_try_at", instant(), nullable=False),
        Column("last_error", Text),
        # Given up after its tries; it waits for a person, and so do the later events of its key.
        Column("dead_at", instant()),
        # A person decided that it is never delivered; nobody waits for it any more.
        Column("set_aside_at", instant()),
    )
    Index("ix_outbox_consumer_seq", table.c.consumer, table.c.seq)
    Index(
        "ix_outbox_retrying",
        table.c.consumer,
        table.c.key,
        table.c.seq,
        postgresql_where=table.c.attempts > 0,
    )


def _event_archive(metadata: MetaData, schema: str) -> None:
    """Every event of the module, by month, whoever heard of it; and the consumers that are given them again."""
    Table(
        "event_archive",
        metadata,
        # the outbox's numbers: events of one key rise in the order in which they were committed
        Column("seq", BigInteger, server_default=text(f"nextval('{schema}.outbox_seq_seq')"), primary_key=True),
        Column("occurred_at", instant(), primary_key=True),
        Column("event_id", Uuid, nullable=False),
        Column("name", Text, nullable=False),
        Column("key", Text, nullable=False),
        Column("payload", Text, nullable=False),
        postgresql_partition_by="RANGE (occurred_at)",
    )
    Table(
        "back_fill",
        metadata,
        Column("consumer", Text, primary_key=True),
        Column("names", ARRAY(Text), nullable=False),
        Column("from_at", instant(), nullable=False),
        # transactions that are older than this one may still bring events that the consumer was not to hear of
        Column("begun_in", BigInteger, nullable=False),
        # set once there are no such transactions any more
        Column("until_seq", BigInteger),
        Column("position", BigInteger, nullable=False, server_default=text("0")),
        Column("total", BigInteger, nullable=False, server_default=text("0")),
        Column("queued", BigInteger, nullable=False, server_default=text("0")),
        Column("begun_at", instant(), nullable=False),
        Column("ended_at", instant()),
    )


def _job(metadata: MetaData) -> None:
    table = Table(
        "job",
        metadata,
        Column("id", BigInteger, Identity(always=True), primary_key=True),
        Column("kind", Text, nullable=False),
        Column("ref", Text, nullable=False),
        Column("due_at", instant(), nullable=False, index=True),
        Column("attempts", Integer, nullable=False, server_default=text("0")),
        Column("payload", JSONB, nullable=False, server_default=text("'{}'")),
        Column("last_error", Text),
        Column("failing_since", instant()),
        # Given up after its tries; it waits for a person.
        Column("dead_at", instant()),
        UniqueConstraint("kind", "ref"),
    )
    Index("ix_job_failing", table.c.id, postgresql_where=table.c.failing_since.is_not(None))
