from datetime import timedelta
from uuid import UUID

from chengtuan.modules.catalog.context import CatalogContext
from chengtuan.modules.catalog.pictures.rows import media
from chengtuan.modules.catalog.pictures.rows.store import PictureStore
from chengtuan.modules.catalog.pictures.rules.picture import Picture
from chengtuan.platform.rate_limit import RateLimit

_PER_MERCHANT = RateLimit("media_upload", 100, timedelta(minutes=10))


async def upload_media(
    ctx: CatalogContext, store: PictureStore, upload: bytes, *, merchant_id: UUID, staff_id: UUID
) -> tuple[str, Picture]:
    """Keep a picture; its URL and what was made of it. Raises BadImage, TooManyRequests."""
    await ctx.rate_limiter.take(_PER_MERCHANT, str(merchant_id))
    url, picture = await store.add(upload)
    async with ctx.database.write() as tx:
        await media.insert_media(tx, url, picture, merchant_id=merchant_id, staff_id=staff_id)
    return url, picture
