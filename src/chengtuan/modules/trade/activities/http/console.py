"""Campaigns, as merchants' staff see and start them; the platform's staff see all and change nothing."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from chengtuan.kernel.pagination import BadCursor
from chengtuan.kernel.problems import NotAllowed, NotSignedIn
from chengtuan.modules.trade import problems as p
from chengtuan.modules.trade.activities.http import present, schemas
from chengtuan.modules.trade.activities.http.narrowed import Narrowing
from chengtuan.modules.trade.activities.usecases.publish_campaign import publish_campaign
from chengtuan.modules.trade.activities.usecases.read_campaign import list_campaigns as list_own_campaigns
from chengtuan.modules.trade.activities.usecases.read_campaign import read_campaign as show_campaign
from chengtuan.modules.trade.context import TradeContext
from chengtuan.platform.http.access import Staff, may
from chengtuan.platform.http.fields import Cursor, Limit
from chengtuan.platform.http.problems import problems
from chengtuan.platform.http.section import Section
from chengtuan.platform.permissions import OneMerchant, Permission, Scope

_WHO = (NotSignedIn, NotAllowed)
CampaignReader = Annotated[Staff, may(Permission.CAMPAIGNS_READ)]
CampaignEditor = Annotated[Staff, may(Permission.CAMPAIGNS_EDIT)]


def console_campaign_routes(ctx: TradeContext) -> APIRouter:
    router = Section(prefix="/api/v1/trade/console", tags=["console"])

    async def shown(campaign_id: UUID, scope: Scope) -> schemas.CampaignRow:
        return present.campaign_row(await show_campaign(ctx, campaign_id, scope), ctx.clock.now())

    @router.get("/campaigns", responses=problems(*_WHO, BadCursor))
    async def list_campaigns(
        staff: CampaignReader, wanted: Narrowing, cursor: Cursor = None, limit: Limit = 20
    ) -> schemas.CampaignPage:
        """Newest first."""
        page = await list_own_campaigns(ctx, wanted.within(staff.scope, ctx.clock), cursor=cursor, limit=limit)
        now = ctx.clock.now()
        items = [present.campaign_row(row, now) for row in page.items]
        return schemas.CampaignPage(items=items, next_cursor=page.next_cursor)

    @router.post(
        "/campaigns",
        status_code=201,
        responses=problems(*_WHO, p.SkuNotFound, p.BadTiers, p.BadCampaignTimes, p.UnknownProvince, p.CampaignOverlaps),
    )
    async def create_campaign(terms: schemas.CampaignInput, staff: CampaignEditor) -> schemas.CampaignRow:
        """Start a fixed or a ladder campaign."""
        merchant_id = staff.own_merchant()
        campaign_id = await publish_campaign(ctx, terms.request(merchant_id))
        return await shown(campaign_id, OneMerchant(merchant_id))

    @router.get("/campaigns/{campaign_id}", responses=problems(*_WHO, p.CampaignNotFound))
    async def read_campaign(campaign_id: UUID, staff: CampaignReader) -> schemas.CampaignRow:
        """One campaign with the counts of its groups."""
        return await shown(campaign_id, staff.scope)

    return router
