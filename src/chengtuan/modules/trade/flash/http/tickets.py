"""The way into a flash sale: who wants units of one asks for a ticket first."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from chengtuan.kernel.problems import NotSignedIn
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.flash.http import schemas
from chengtuan.modules.trade.flash.http.doors import SALES, closing_doors
from chengtuan.modules.trade.flash.problems import (
    FlashBusy,
    FlashSaleEnded,
    FlashSaleNotFound,
    FlashSaleNotStarted,
    FlashSoldOut,
)
from chengtuan.modules.trade.flash.rules.tickets import Bearer, seconds
from chengtuan.modules.trade.flash.usecases.bounded_doors import told_when_to_come_again
from chengtuan.modules.trade.flash.usecases.count_draws import Turnstile
from chengtuan.modules.trade.flash.usecases.give_ticket import Ask, GivenTicket, lane_of_asks
from chengtuan.platform.client_address import client_subject
from chengtuan.platform.http.access import CurrentShopper
from chengtuan.platform.http.client_ip import client_ip
from chengtuan.platform.http.direct import direct
from chengtuan.platform.http.fields import IdempotencyKey
from chengtuan.platform.http.problems import problems
from chengtuan.platform.http.section import Section

_REFUSALS = (FlashSaleNotFound, FlashSaleNotStarted, FlashSaleEnded, FlashSoldOut, NotSignedIn, FlashBusy)


def ticket_routes(ctx: TradeContext, turnstile: Turnstile) -> APIRouter:
    router, lane = Section(prefix=SALES, tags=["trade"]), lane_of_asks(turnstile)

    @router.post(
        "/{sale_id}/tickets", status_code=201, response_model=schemas.FlashTicket, responses=problems(*_REFUSALS)
    )
    @direct
    async def ask_for_flash_ticket(
        sale_id: UUID, shopper: CurrentShopper, key: IdempotencyKey, request: Request
    ) -> Response:
        """From when on units can be taken, with the same key. Asking again, or with other keys, gives no other turn."""
        address = ctx.keys.blind_index(client_subject(client_ip(request)), "trade.client_address").hex()
        async with closing_doors(ctx, sale_id):
            with told_when_to_come_again():
                given = await lane.submit(Ask(Bearer(sale_id, shopper.user_id, key), address))
        body = _shown(given, turnstile).model_dump_json().encode()
        return Response(body, status_code=201, media_type="application/json")

    return router


def _shown(given: GivenTicket, turnstile: Turnstile) -> schemas.FlashTicket:
    return schemas.FlashTicket(
        ticket=given.text,
        bits=given.bits,
        drawn=given.drawn,
        place=given.place,
        wait_s=seconds(given.wait),
        admitted_at=given.admitted_at,
        now=turnstile.ctx.clock.now(),
    )
