"""A group's page and its progress: everybody with the link may look."""

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import StreamingResponse

from chengtuan.kernel.problems import NotSignedIn
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.groups.http import present, schemas
from chengtuan.modules.trade.groups.usecases.read_group import read_group
from chengtuan.modules.trade.groups.usecases.read_group import read_own_seat as find_seat
from chengtuan.modules.trade.problems import GroupNotFound
from chengtuan.modules.trade.topics import group_topic, listing_topic
from chengtuan.platform.http.access import PUBLIC, CurrentShopper
from chengtuan.platform.http.hot import Made, Shown, as_response, without_stamp
from chengtuan.platform.http.problems import problems
from chengtuan.platform.http.section import Section
from chengtuan.platform.http.sse import sse_message, sse_response
from chengtuan.platform.http.waiting import FOR_EVER, NO_PLACE, Wait


def group_routes(ctx: TradeContext) -> APIRouter:
    router = Section(prefix="/api/v1/trade", tags=["trade"])

    async def current(group_id: UUID) -> Shown:
        """The group's page; everybody who looks at it at once is shown what one reading found."""

        async def make() -> Made:
            group = present.group(*await read_group(ctx, group_id), ctx.clock.now())
            return Made(group.model_dump_json().encode(), group.version, [listing_topic(group.product_id)])

        return await ctx.hot.page(f"{router.prefix}/groups/{group_id}", [group_topic(group_id)], make)

    @router.get(
        "/groups/{group_id}",
        dependencies=[PUBLIC],
        responses=problems(GroupNotFound),
        response_model=schemas.Group,
    )
    async def read_group_page(group_id: UUID) -> Response:
        """A group: everybody with the link may look."""
        return as_response(await current(group_id))

    @router.get("/groups/{group_id}/live", dependencies=[PUBLIC], responses=problems(GroupNotFound, *NO_PLACE))
    async def follow_group(group_id: UUID, request: Request) -> StreamingResponse:
        """Server-sent events: `group` with the whole group, at once and after every change."""

        async def messages() -> AsyncIterator[str]:
            with ctx.waiting.turn(request, group_topic(group_id), FOR_EVER) as turn:
                shown = (await current(group_id)).body
                yield sse_message("group", shown.decode())
                while await turn.again():
                    latest = (await current(group_id)).body
                    # refunds change a group's page without a new version
                    if without_stamp(latest) != without_stamp(shown):
                        shown = latest
                        yield sse_message("group", shown.decode())

        return await sse_response(messages())

    @router.get(
        "/groups/{group_id}/changes",
        dependencies=[PUBLIC],
        responses=problems(GroupNotFound, *NO_PLACE) | {204: {"description": "nothing new"}},
        response_model=schemas.Group,
    )
    async def await_group_change(
        group_id: UUID,
        request: Request,
        version: Annotated[int, Query(ge=0, le=2**53)] = 0,
        wait: Wait = 25,
    ) -> Response:
        """Long poll, for clients without server-sent events: the group once it is newer than `version`."""
        with ctx.waiting.turn(request, group_topic(group_id), wait) as turn:
            while True:
                latest = await current(group_id)
                if latest.mark > version:
                    return _json(latest.body)
                if not await turn.again():
                    return Response(status_code=204)

    @router.get("/groups/{group_id}/mine", responses=problems(NotSignedIn))
    async def read_own_seat(group_id: UUID, shopper: CurrentShopper) -> schemas.OwnSeat:
        """The signed-in shopper's latest seat in a group, if there is one."""
        seat = await find_seat(ctx, group_id, shopper.ids)
        return schemas.OwnSeat(seat=schemas.Seat.model_validate(seat, from_attributes=True) if seat else None)

    return router


def _json(body: bytes) -> Response:
    return Response(body, media_type="application/json")
