"""Groups are cheaper: a variant that a campaign sells costs no less alone while it runs."""

from collections.abc import Sequence
from uuid import UUID

from chengtuan.modules.catalog.facade import DearerThanAlone


def dearer_than_alone(sku_id: UUID, solo_fen: int, group_fen: int, campaigns: Sequence[UUID]) -> DearerThanAlone:
    return DearerThanAlone(
        sku_id=str(sku_id),
        solo_price_fen=solo_fen,
        group_price_fen=group_fen,
        campaign_ids=[str(campaign_id) for campaign_id in campaigns],
    )
