"""Groups as merchants' staff see them, and what ends them; the platform's staff see all and change nothing."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from chengtuan.kernel.pagination import BadCursor
from chengtuan.kernel.problems import NotAllowed, NotSignedIn
from chengtuan.modules.trade import problems as p
from chengtuan.modules.trade.activities.http.console import CampaignEditor, CampaignReader
from chengtuan.modules.trade.activities.http.present import campaign_row
from chengtuan.modules.trade.activities.http.schemas import CampaignRow
from chengtuan.modules.trade.activities.usecases.read_campaign import read_campaign
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.groups.http import present, schemas
from chengtuan.modules.trade.groups.usecases.read_commitments import end_commitments, read_commitments
from chengtuan.modules.trade.groups.usecases.read_group import count_merchant_groups as count_groups
from chengtuan.modules.trade.groups.usecases.read_group import list_merchant_groups
from chengtuan.modules.trade.groups.usecases.stop_campaign import stop_campaign
from chengtuan.platform.http.access import Staff, may
from chengtuan.platform.http.fields import Cursor, Limit
from chengtuan.platform.http.problems import problems
from chengtuan.platform.http.section import Section
from chengtuan.platform.permissions import Permission

_WHO = (NotSignedIn, NotAllowed)
GroupReader = Annotated[Staff, may(Permission.GROUPS_READ)]


def console_group_routes(ctx: TradeContext) -> APIRouter:
    router = Section(prefix="/api/v1/trade/console", tags=["console"])

    @router.get("/products/{product_id}/commitments", responses=problems(*_WHO, p.SkuNotFound))
    async def read_product_commitments(product_id: UUID, staff: CampaignReader) -> schemas.Commitments:
        """Campaigns and open groups of a product: what goes on when it leaves the shelf, or can be ended."""
        rows = await read_commitments(ctx, product_id, staff.scope)
        return present.commitments(rows)

    @router.post("/products/{product_id}/end-groups", responses=problems(*_WHO, p.SkuNotFound))
    async def end_product_groups(product_id: UUID, staff: CampaignEditor) -> schemas.Commitments:
        """Stop all campaigns of a product: open groups fail and everybody is refunded. Answers what was stopped."""
        rows = await end_commitments(ctx, product_id, staff.own_merchant())
        return present.commitments(rows)

    @router.post("/campaigns/{campaign_id}/stop", responses=problems(*_WHO, p.CampaignNotFound))
    async def stop_running_campaign(campaign_id: UUID, staff: CampaignEditor) -> CampaignRow:
        """No more seats; open groups fail and everybody gets their money back."""
        await stop_campaign(ctx, campaign_id, staff.own_merchant())
        return campaign_row(await read_campaign(ctx, campaign_id, staff.scope), ctx.clock.now())

    @router.get("/groups", responses=problems(*_WHO, BadCursor))
    async def list_groups(
        staff: GroupReader,
        status: Annotated[str | None, Query(pattern="^(open|succeeded|failed)$")] = None,
        campaign_id: UUID | None = None,
        cursor: Cursor = None,
        limit: Limit = 20,
    ) -> schemas.GroupPage:
        """Groups with their members, newest first; `status=open` alone by deadline, the next one first."""
        page = await list_merchant_groups(
            ctx, scope=staff.scope, status=status, campaign_id=campaign_id, cursor=cursor, limit=limit
        )
        now = ctx.clock.now()
        items = [present.group(row, members, now) for row, members in page.items]
        return schemas.GroupPage(items=items, next_cursor=page.next_cursor)

    @router.get("/groups/counts", responses=problems(*_WHO))
    async def count_merchant_groups(staff: GroupReader) -> schemas.GroupCounts:
        """Groups by state."""
        counts = await count_groups(ctx, staff.scope)
        return schemas.GroupCounts.model_validate(counts, from_attributes=True)

    return router
