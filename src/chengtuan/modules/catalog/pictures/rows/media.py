from uuid import UUID

from chengtuan.modules.catalog.pictures.rules.picture import Picture
from chengtuan.platform.database import WriteSession


async def insert_media(tx: WriteSession, url: str, picture: Picture, *, merchant_id: UUID, staff_id: UUID) -> None:
    """The same picture again changes nothing."""
    await tx.execute(
        "insert into media (url, merchant_id, staff_id, width, height, bytes, uploaded_at)"
        " values (%(url)s, %(merchant_id)s, %(staff_id)s, %(width)s, %(height)s, %(bytes)s, %(now)s)"
        " on conflict do nothing",
        {
            "url": url,
            "merchant_id": merchant_id,
            "staff_id": staff_id,
            "width": picture.width,
            "height": picture.height,
            "bytes": len(picture.webp),
            "now": tx.clock.now(),
        },
    )
