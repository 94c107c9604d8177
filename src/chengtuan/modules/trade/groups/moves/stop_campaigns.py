"""A campaign takes no more seats; each of its open groups fails in a transaction of its own."""

from uuid import UUID

from chengtuan.modules.trade.activities.rows import activities as activity_rows
from chengtuan.modules.trade.flash.moves.end_flash_sale import stop_sale
from chengtuan.modules.trade.groups.moves.end_groups import fail_group
from chengtuan.modules.trade.groups.rows import groups as group_rows
from chengtuan.modules.trade.job_kinds import RELEASE_PRICES, STOP_GROUP
from chengtuan.modules.trade.states import ActivityKind, FailReason, StopReason
from chengtuan.platform.database import WriteSession
from chengtuan.platform.jobs import Job, JobCall
from chengtuan.platform.permissions import AllMerchants, Scope


async def end_campaign(tx: WriteSession, campaign_id: UUID, scope: Scope, reason: StopReason) -> bool:
    """False if it has ended before, or is outside the scope."""
    if not await activity_rows.stop_activity(tx, ActivityKind.GROUP, campaign_id, scope, reason):
        return False
    now = tx.clock.now()
    groups = await group_rows.live_groups_of_activity(tx, campaign_id)
    tx.schedule(*(JobCall(STOP_GROUP, str(group_id), now) for group_id in groups))
    tx.schedule(JobCall(RELEASE_PRICES, str(campaign_id), now))
    return True


async def end_activity(tx: WriteSession, activity_id: UUID, scope: Scope, reason: StopReason) -> bool:
    """The same for whatever kind of activity it is."""
    return await end_campaign(tx, activity_id, scope, reason) or await stop_sale(tx, activity_id, scope, reason)


async def stop_dearer_campaign(tx: WriteSession, job: Job) -> None:
    """The merchant made one piece alone cheaper than it is in this activity, and was told what that ends."""
    await end_activity(tx, UUID(job.ref), AllMerchants(), StopReason.DEARER_THAN_ALONE)


async def stop_group(tx: WriteSession, job: Job) -> None:
    """A group whose campaign was stopped fails; payments under way come back as late money (rule 3)."""
    group = await group_rows.lock_group(tx, UUID(job.ref))
    if group is not None:
        await fail_group(tx, group, FailReason.CAMPAIGN_STOPPED)
