"""What everybody may see of what is on sale: the shelf, offers, and groups to join."""

from collections.abc import Collection, Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from chengtuan.kernel.money import MAX_FEN
from chengtuan.kernel.pagination import BadCursor
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.problems import GroupNotFound
from chengtuan.modules.trade.shelf.http import present, schemas
from chengtuan.modules.trade.shelf.rows.browse import ListingCard
from chengtuan.modules.trade.shelf.rules.query import ShelfQuery, Sort
from chengtuan.modules.trade.shelf.usecases.browse_shelf import browse_shelf
from chengtuan.modules.trade.shelf.usecases.read_offer import list_joinable_groups
from chengtuan.modules.trade.shelf.usecases.read_offer import read_group_offer as show_group_offer
from chengtuan.modules.trade.shelf.usecases.read_offer import read_offer as show_offer
from chengtuan.modules.trade.topics import SHELF, group_topic, offer_topic, stock_topic
from chengtuan.platform.http.access import PUBLIC
from chengtuan.platform.http.fields import Cursor, Limit
from chengtuan.platform.http.hot import REST_S, Made, Make, as_response
from chengtuan.platform.http.problems import problems
from chengtuan.platform.http.section import Section
from chengtuan.platform.http.typed_fields import Line

ShelfCursor = Annotated[str | None, Query(max_length=14_000)]
Price = Annotated[int | None, Query(ge=0, le=MAX_FEN)]


def shelf_routes(ctx: TradeContext) -> APIRouter:
    router = Section(prefix="/api/v1/trade", tags=["trade"])

    @router.get("/listings", dependencies=[PUBLIC], response_model=schemas.ListingPage, responses=problems(BadCursor))
    async def list_listings(
        request: Request,
        *,
        category: Annotated[str | None, Query(max_length=60)] = None,
        merchant_id: UUID | None = None,
        q: Annotated[Annotated[str, Line(60)] | None, Query()] = None,
        price_min_fen: Price = None,
        price_max_fen: Price = None,
        discount_percent: Annotated[int | None, Query(ge=1, le=99)] = None,
        joinable: bool = False,
        missing_at_most: Annotated[int | None, Query(ge=1, le=500)] = None,
        newcomers: bool | None = None,
        in_stock: bool = False,
        sort: Sort = "popular",
        cursor: ShelfCursor = None,
        limit: Limit = 20,
    ) -> Response:
        """The shelf. `discount`: deepest first; `forming`: groups that miss the fewest people first.

        `q`: words in any language, each of which is in the name or the merchant's; Chinese also as it is typed with
        Latin letters, in full or by initials. Prices are those of the card: in a group where one can be opened, else
        alone. `discount_percent`: a group saves at least so much. `joinable`: there is a group to join;
        `missing_at_most`: one that forms with so many more people. `newcomers`: only campaigns for new customers, or
        none of them.

        A product takes its place within two seconds of what moves it; its card says what is so when it is read. Pages
        go on with what was not on an earlier one, whatever moves meanwhile; after 2,000 products the list ends.
        """
        query = ShelfQuery(
            sort=sort,
            text=q or "",
            category=category,
            merchant_id=merchant_id,
            price_min_fen=price_min_fen,
            price_max_fen=price_max_fen,
            discount_percent=discount_percent,
            joinable=joinable,
            missing_at_most=missing_at_most,
            newcomers=newcomers,
            in_stock=in_stock,
        )

        async def make() -> Made:
            page = await browse_shelf(ctx, query, cursor=cursor, limit=limit)
            items = [present.listing_card(card) for card in page.items]
            body = schemas.ListingPage(items=items, next_cursor=page.next_cursor, now=ctx.clock.now())
            return _made(body, topics_of_cards(page.items), keep=cursor is None)

        return await _list(request, [SHELF], make)

    @router.get("/products/{product_id}/offer", dependencies=[PUBLIC], response_model=schemas.Offer)
    async def read_offer(product_id: UUID) -> Response:
        """Prices, stock, the running campaign and up to three joinable groups of a product."""

        async def make() -> Made:
            view = await show_offer(ctx, product_id)
            return _made(present.offer(view, ctx.clock.now()), [stock_topic(sku.sku_id) for sku in view.skus])

        path = f"{router.prefix}/products/{product_id}/offer"
        return as_response(await ctx.hot.page(path, [offer_topic(product_id)], make))

    @router.get(
        "/groups/{group_id}/offer",
        dependencies=[PUBLIC],
        response_model=schemas.Offer,
        responses=problems(GroupNotFound),
    )
    async def read_group_offer(group_id: UUID) -> Response:
        """What who joins a group can choose from: its own terms, also when the product has left the shelf."""

        async def make() -> Made:
            view = await show_group_offer(ctx, group_id)
            topics = [offer_topic(view.product_id), *(stock_topic(sku.sku_id) for sku in view.skus)]
            return _made(present.offer(view, ctx.clock.now()), topics)

        path = f"{router.prefix}/groups/{group_id}/offer"
        return as_response(await ctx.hot.page(path, [group_topic(group_id)], make))

    @router.get(
        "/products/{product_id}/groups",
        dependencies=[PUBLIC],
        response_model=schemas.GroupCardPage,
        responses=problems(BadCursor),
    )
    async def list_product_groups(
        request: Request, product_id: UUID, cursor: Cursor = None, limit: Limit = 20
    ) -> Response:
        """Groups of a product that can be joined, soonest deadline first."""

        async def make() -> Made:
            page = await list_joinable_groups(ctx, product_id, cursor=cursor, limit=limit)
            items = [present.group_card(card) for card in page.items]
            body = schemas.GroupCardPage(items=items, next_cursor=page.next_cursor, now=ctx.clock.now())
            return _made(body, [group_topic(card.id) for card in page.items], keep=cursor is None)

        return await _list(request, [offer_topic(product_id)], make)

    async def _list(request: Request, topics: Collection[str], make: Make) -> Response:
        """Each query has its page. What shows many things changes often."""
        path, query = request.scope["path"], request.scope["query_string"]
        return as_response(await ctx.hot.page(path, topics, make, query=query, rest_s=REST_S))

    return router


def topics_of_cards(cards: Sequence[ListingCard]) -> list[str]:
    """What announces that cards would say something else."""
    groups = [group_topic(card.group_id) for card in cards if card.group_id is not None]
    return [*(offer_topic(card.product_id) for card in cards), *groups]


def _made(body: BaseModel, topics: Collection[str], *, keep: bool = True) -> Made:
    return Made(body.model_dump_json().encode(), topics=topics, keep=keep)
