from collections.abc import Sequence

from chengtuan.modules.messaging import rows
from chengtuan.modules.messaging.job_kinds import DELIVER_NOTICE
from chengtuan.modules.messaging.rules.notices import NoticeDraft
from chengtuan.modules.messaging.rules.timing import earliest_sending
from chengtuan.platform.database import WriteSession
from chengtuan.platform.jobs import JobCall


async def keep_notices(tx: WriteSession, drafts: Sequence[NoticeDraft]) -> None:
    """Put notices into inboxes, each with a job for its copy outside; one that is there already is left alone."""
    now = tx.clock.now()
    for notice_id, template in await rows.insert_notices(tx, drafts, now):
        tx.schedule(JobCall(DELIVER_NOTICE, str(notice_id), earliest_sending(template, now)))
