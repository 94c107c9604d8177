"""What everybody may see of trade: the shelf, offers, groups and their progress."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from starlette.responses import StreamingResponse

from chengtuan.kernel.pagination import BadCursor
from chengtuan.kernel.problems import NotSignedIn
from chengtuan.modules.trade.context import Trade, group_topic
from chengtuan.modules.trade.http import present, schemas
from chengtuan.modules.trade.problems import GroupNotFound
from chengtuan.modules.trade.usecases.browse_shelf import browse_shelf
from chengtuan.modules.trade.usecases.read_group import read_group
from chengtuan.modules.trade.usecases.read_group import read_own_seat as find_seat
from chengtuan.modules.trade.usecases.read_offer import list_joinable_groups
from chengtuan.modules.trade.usecases.read_offer import read_group_offer as show_group_offer
from chengtuan.modules.trade.usecases.read_offer import read_offer as show_offer
from chengtuan.platform import deadline
from chengtuan.platform.http.access import PUBLIC, CurrentShopper
from chengtuan.platform.http.fields import Cursor, Limit
from chengtuan.platform.http.hot import without_stamp
from chengtuan.platform.http.problems import problems
from chengtuan.platform.http.section import Section
from chengtuan.platform.http.sse import sse_message, sse_response
from chengtuan.platform.http.typed_fields import Line

ShelfCursor = Annotated[str | None, Query(max_length=14_000)]
Sort = Literal["popular", "discount", "forming", "price", "newest"]
_LOOK_AGAIN_S = 5.0
"""Even without a notification an open page looks again this often."""


def public_routes(ctx: Trade) -> APIRouter:
    router = Section(prefix="/api/v1/trade", tags=["trade"])

    @router.get("/listings", dependencies=[PUBLIC], responses=problems(BadCursor))
    async def list_listings(
        category: Annotated[str | None, Query(max_length=60)] = None,
        q: Annotated[Annotated[str, Line(60)] | None, Query()] = None,
        sort: Sort = "popular",
        cursor: ShelfCursor = None,
        limit: Limit = 20,
    ) -> schemas.ListingPage:
        """The shelf. `discount`: deepest first; `forming`: groups that miss the fewest people first.

        `q`: words in any language, each of which is in the name or the merchant's. Pages go on with what was not on
        an earlier one, whatever moves meanwhile; after 2,000 products the list ends.
        """
        page = await browse_shelf(ctx, sort=sort, category=category, query=q, cursor=cursor, limit=limit)
        items = [present.listing_card(card) for card in page.items]
        return schemas.ListingPage(items=items, next_cursor=page.next_cursor, now=ctx.clock.now())

    @router.get("/products/{product_id}/offer", dependencies=[PUBLIC])
    async def read_offer(product_id: UUID) -> schemas.Offer:
        """Prices, stock, the running campaign and up to three joinable groups of a product."""
        return present.offer(await show_offer(ctx, product_id), ctx.clock.now())

    @router.get("/groups/{group_id}/offer", dependencies=[PUBLIC], responses=problems(GroupNotFound))
    async def read_group_offer(group_id: UUID) -> schemas.Offer:
        """What who joins a group can choose from: its own terms, also when the product has left the shelf."""
        return present.offer(await show_group_offer(ctx, group_id), ctx.clock.now())

    @router.get("/products/{product_id}/groups", dependencies=[PUBLIC], responses=problems(BadCursor))
    async def list_product_groups(product_id: UUID, cursor: Cursor = None, limit: Limit = 20) -> schemas.GroupCardPage:
        """Groups of a product that can be joined, soonest deadline first."""
        page = await list_joinable_groups(ctx, product_id, cursor=cursor, limit=limit)
        items = [present.group_card(card) for card in page.items]
        return schemas.GroupCardPage(items=items, next_cursor=page.next_cursor, now=ctx.clock.now())

    async def current(group_id: UUID) -> bytes:
        """The group's page; everybody who looks at it at once is shown what one reading found."""

        async def make() -> bytes:
            group = present.group(*await read_group(ctx, group_id), ctx.clock.now())
            return group.model_dump_json().encode()

        return await ctx.hot.page(f"{router.prefix}/groups/{group_id}", group_topic(group_id), make)

    @router.get(
        "/groups/{group_id}",
        dependencies=[PUBLIC],
        responses=problems(GroupNotFound),
        response_model=schemas.Group,
    )
    async def read_group_page(group_id: UUID) -> Response:
        """A group: everybody with the link may look."""
        return _json(await current(group_id))

    @router.get("/groups/{group_id}/live", dependencies=[PUBLIC], responses=problems(GroupNotFound))
    async def follow_group(group_id: UUID) -> StreamingResponse:
        """Server-sent events: `group` with the whole group, at once and after every change."""
        first = await current(group_id)

        async def messages() -> AsyncIterator[str]:
            with ctx.live.listen(group_topic(group_id)) as bell:
                shown = first
                yield sse_message("group", shown.decode())
                while True:
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(bell.wait(), _LOOK_AGAIN_S)
                    bell.clear()
                    deadline.renew()
                    latest = await current(group_id)
                    # refunds change a group's page without a new version
                    if without_stamp(latest) != without_stamp(shown):
                        shown = latest
                        yield sse_message("group", shown.decode())

        return sse_response(messages())

    @router.get(
        "/groups/{group_id}/changes",
        dependencies=[PUBLIC],
        responses=problems(GroupNotFound) | {204: {"description": "nothing new"}},
        response_model=schemas.Group,
    )
    async def await_group_change(
        group_id: UUID,
        version: Annotated[int, Query(ge=0, le=2**53)] = 0,
        wait: Annotated[int, Query(ge=0, le=30)] = 25,
    ) -> Response:
        """Long poll, for clients without server-sent events: the group once it is newer than `version`."""
        loop = asyncio.get_running_loop()
        until = loop.time() + wait
        with ctx.live.listen(group_topic(group_id)) as bell:
            while True:
                bell.clear()
                latest = await current(group_id)
                if json.loads(latest)["version"] > version:
                    return _json(latest)
                left = until - loop.time()
                if left <= 0:
                    return Response(status_code=204)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(bell.wait(), min(left, _LOOK_AGAIN_S))
                deadline.renew()

    @router.get("/groups/{group_id}/mine", responses=problems(NotSignedIn))
    async def read_own_seat(group_id: UUID, shopper: CurrentShopper) -> schemas.OwnSeat:
        """The signed-in shopper's latest seat in a group, if there is one."""
        seat = await find_seat(ctx, group_id, shopper.ids)
        return schemas.OwnSeat(seat=schemas.Seat.model_validate(seat, from_attributes=True) if seat else None)

    return router


def _json(body: bytes) -> Response:
    return Response(body, media_type="application/json")
