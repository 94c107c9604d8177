from datetime import timedelta
from uuid import UUID

from chengtuan.modules.catalog.context import Catalog
from chengtuan.modules.catalog.remaking import Picture
from chengtuan.modules.catalog.repository import media
from chengtuan.platform.rate_limit import RateLimit

_PER_MERCHANT = RateLimit("media_upload", 100, timedelta(minutes=10))


async def upload_media(ctx: Catalog, upload: bytes, *, merchant_id: UUID, staff_id: UUID) -> tuple[str, Picture]:
    """Keep a picture; its URL and what was made of it. Raises BadImage, TooManyRequests."""
    await ctx.rate_limiter.take(_PER_MERCHANT, str(merchant_id))
    url, picture = await ctx.pictures.add(upload)
    async with ctx.database.write() as tx:
        await media.insert_media(tx, url, picture, merchant_id=merchant_id, staff_id=staff_id)
    return url, picture
