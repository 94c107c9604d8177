"""The record of everything the provider told us."""

from chengtuan.modules.payments.rules.judgement import Outcome
from chengtuan.modules.payments.rules.notice import Notice
from chengtuan.platform.database import ViewSession, WriteSession


async def record_notice(tx: WriteSession, notice: Notice, outcome: Outcome) -> None:
    """Keep a notice, or count its repetition.

    A repetition of an applied notice stays "applied"; an unmatched or mismatched one takes the new outcome.
    """
    await tx.execute(
        "insert into notice (notice_id, kind, subject, outcome, content_sealed, received_at)"
        " values (%(id)s, %(kind)s, %(subject)s, %(outcome)s, %(content_sealed)s, %(now)s)"
        " on conflict (notice_id) do update set deliveries = notice.deliveries + 1,"
        "  repeated_at = excluded.received_at, outcome ="
        "  case when notice.outcome = 'applied' and excluded.outcome = 'repeated' then 'applied'"
        "  else excluded.outcome end",
        {
            "id": notice.notice_id,
            "kind": notice.kind.value,
            "subject": notice.subject,
            "outcome": outcome.value,
            "content_sealed": notice.content_sealed,
            "now": tx.clock.now(),
        },
    )


async def count_open_notices(db: ViewSession) -> int:
    """Notices that fitted nothing, or not what we asked for, and still do."""
    return int(await db.fetch_value("select count(*) from notice where outcome in ('unmatched', 'mismatched')"))
