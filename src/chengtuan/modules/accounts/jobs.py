"""Jobs of `accounts`."""

from collections.abc import Sequence
from datetime import timedelta

from chengtuan.modules.accounts.codes.usecases.deliver_phone_code import deliver_phone_code
from chengtuan.modules.accounts.context import AccountsContext
from chengtuan.modules.accounts.job_kinds import DELIVER_PHONE_CODE
from chengtuan.modules.accounts.people.usecases.seal_wechat_ids import seal_wechat_ids
from chengtuan.modules.accounts.signing_in.usecases.sweep_expired import sweep_expired
from chengtuan.platform.job_handlers import Periodic, Task, Timer
from chengtuan.platform.jobs import Job


def jobs(ctx: AccountsContext) -> Sequence[Timer | Task | Periodic]:
    async def deliver(job: Job) -> None:
        await deliver_phone_code(ctx, job)

    async def sweep(_: Job) -> None:
        await sweep_expired(ctx)

    async def seal(_: Job) -> None:
        await seal_wechat_ids(ctx)

    return [
        Task(DELIVER_PHONE_CODE, deliver, lease=timedelta(seconds=20)),
        Periodic("sweep_expired", sweep, every=timedelta(hours=1)),
        Periodic("seal_wechat_ids", seal, every=timedelta(hours=1)),
    ]
