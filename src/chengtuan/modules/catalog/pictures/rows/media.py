from uuid import UUID

from chengtuan.modules.catalog.pictures.rules.remaking import Picture
from chengtuan.platform.database import WriteSession


async def insert_media(tx: WriteSession, url: str, picture: Picture, *, merchant_id: UUID, staff_id: UUID) -> None:
    """The same picture again changes nothing."""
    await tx.execute(
        "insert into media (url, merchant_id, staff_id, width, height, bytes, uploaded_at)"
        " values (%s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
        (url, merchant_id, staff_id, picture.width, picture.height, len(picture.webp), tx.clock.now()),
    )
