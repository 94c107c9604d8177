"""Jobs of `fulfilment`."""

from collections.abc import Sequence
from datetime import timedelta

from chengtuan.modules.fulfilment.context import FulfilmentContext
from chengtuan.modules.fulfilment.job_kinds import FILL_PARCELS, TELL_NUMBER, UPLOAD_SHIPPING
from chengtuan.modules.fulfilment.usecases.correct_number import tell_number
from chengtuan.modules.fulfilment.usecases.fill_parcels import fill_parcels
from chengtuan.modules.fulfilment.usecases.upload_shipping import upload_shipping
from chengtuan.platform.job_handlers import FOR_EVER, Periodic, Task, Timer
from chengtuan.platform.jobs import Job


def jobs(ctx: FulfilmentContext) -> Sequence[Timer | Task | Periodic]:
    async def upload(job: Job) -> None:
        await upload_shipping(ctx, job)

    async def tell(job: Job) -> None:
        await tell_number(ctx, job)

    async def fill(_: Job) -> None:
        await fill_parcels(ctx)

    return [
        Task(UPLOAD_SHIPPING, upload, lease=timedelta(seconds=30)),
        Task(TELL_NUMBER, tell, tries=FOR_EVER),
        Task(FILL_PARCELS, fill, tries=FOR_EVER, lease=timedelta(minutes=10)),
    ]
