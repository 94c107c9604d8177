from collections.abc import Sequence

from chengtuan.modules.messaging import rows
from chengtuan.modules.messaging.job_kinds import DELIVER_NOTICE
from chengtuan.modules.messaging.rules.notices import NoticeDraft
from chengtuan.modules.messaging.rules.timing import earliest_sending, time_to_settle
from chengtuan.platform.database import WriteSession
from chengtuan.platform.jobs import JobCall


async def keep_notices(tx: WriteSession, drafts: Sequence[NoticeDraft]) -> None:
    """Put notices into inboxes, each with a job for its copy outside; one that is there already is left alone."""
    now = tx.clock.now()
    for notice_id, template in await rows.insert_notices(tx, drafts, now):
        tx.schedule(JobCall(DELIVER_NOTICE, str(notice_id), earliest_sending(template, now + time_to_settle(template))))


async def replace_notices(tx: WriteSession, drafts: Sequence[NoticeDraft]) -> None:
    """As `keep_notices`, in place of what the same people were told of the same things before, read or not.

    A copy outside that still waits goes with it; of two about the same thing the later one counts.
    """
    latest = {(draft.user_id, draft.template, draft.subject_id): draft for draft in drafts}
    await rows.delete_notices(tx, list(latest))
    await keep_notices(tx, list(latest.values()))
