"""Jobs of `messaging`."""

from collections.abc import Sequence
from datetime import timedelta

from chengtuan.modules.messaging.context import MessagingContext
from chengtuan.modules.messaging.job_kinds import DELIVER_NOTICE
from chengtuan.modules.messaging.usecases.deliver_notice import deliver_notice, open_post_room
from chengtuan.platform.job_handlers import Periodic, Task, Timer
from chengtuan.platform.jobs import Job


def jobs(ctx: MessagingContext) -> Sequence[Timer | Task | Periodic]:
    room = open_post_room(ctx)

    async def deliver(job: Job) -> None:
        await deliver_notice(room, job)

    return [Task(DELIVER_NOTICE, deliver, lease=timedelta(seconds=30))]
