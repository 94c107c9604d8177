"""Flash sales, from rows to what clients see."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from chengtuan.modules.trade.flash.http import own_schemas, schemas
from chengtuan.modules.trade.flash.rows.holds import Hold, OwnHold
from chengtuan.modules.trade.flash.rows.sales import Sale, SaleFigures, SaleVariant
from chengtuan.modules.trade.flash.rules.states import SaleState, slot_state
from chengtuan.modules.trade.flash.usecases.read_sales import OwnSale, SaleDetail
from chengtuan.modules.trade.freight.http.shown import shown as shown_freight


def zone(sales: Sequence[Sale], now: datetime) -> schemas.FlashZone:
    """Slots stand where the first of their sales does, so that what goes on comes first in each and among all."""
    slots: dict[tuple[datetime, datetime], list[Sale]] = {}
    for sale in sales:
        slots.setdefault((sale.starts_at, sale.ends_at), []).append(sale)
    return schemas.FlashZone(slots=[_slot(of_slot, now) for of_slot in slots.values()], now=now)


def _slot(sales: Sequence[Sale], now: datetime) -> schemas.FlashSlot:
    return schemas.FlashSlot(
        starts_at=sales[0].starts_at,
        ends_at=sales[0].ends_at,
        state=slot_state({sale.state(now) for sale in sales}).value,
        sales=[schemas.FlashCard(**_card(sale, now)) for sale in sales],
    )


def sale(detail: SaleDetail, now: datetime) -> schemas.FlashSale:
    takes = detail.sale.state(now) in (SaleState.RUNNING, SaleState.UPCOMING, SaleState.SOLD_OUT)
    return schemas.FlashSale(
        pay_within_s=detail.sale.terms.pay_within_s,
        variants=[
            schemas.FlashVariant(
                sku_id=each.sku_id,
                name=each.sku_name,
                flash_price_fen=each.flash_price_fen,
                price_fen=each.price_fen,
                allotted=each.allotted,
                free=each.left if takes else 0,
            )
            for each in detail.variants
        ],
        freight=shown_freight(detail.freight),
        now=now,
        **_card(detail.sale, now),
    )


def _card(sale: Sale, now: datetime) -> dict[str, Any]:
    """`schemas.FlashCard`."""
    return {
        "id": sale.id,
        "product": schemas.FlashProduct(
            id=sale.product_id,
            name=sale.product_name,
            image_url=sale.product_image_url,
            merchant_id=sale.merchant_id,
            merchant_name=sale.merchant_name,
        ),
        "flash_price_fen": sale.flash_price_fen,
        "price_fen": sale.price_fen,
        "allotted": sale.allotted,
        "free": sale.free(now),
        "per_user_limit": sale.per_user_limit,
        "starts_at": sale.starts_at,
        "ends_at": sale.ends_at,
        "state": sale.state(now).value,
    }


def hold(row: Hold) -> schemas.Hold:
    return schemas.Hold(**_hold(row))


def own_hold(row: OwnHold) -> schemas.OwnHold:
    return schemas.OwnHold(
        product=schemas.HeldProduct(id=row.product_id, name=row.product_name, image_url=row.product_image_url),
        sku_name=row.sku_name,
        flash_price_fen=row.flash_price_fen,
        order_status=row.order_status,
        pay_before=row.pay_before,
        **_hold(row),
    )


def _hold(row: Hold) -> dict[str, Any]:
    """`schemas.Hold`."""
    return {
        "id": row.id,
        "sale_id": row.activity_id,
        "sku_id": row.sku_id,
        "quantity": row.quantity,
        "status": row.status,
        "order_id": row.order_id,
        "problem": dict(row.problem) if row.problem else None,
        "created_at": row.created_at,
    }


def own_sale(sale: Sale, figures: SaleFigures, now: datetime) -> own_schemas.OwnFlashSale:
    return own_schemas.OwnFlashSale(**_own(sale, figures, now))


def own_sale_detail(own: OwnSale, now: datetime) -> own_schemas.OwnFlashSaleDetail:
    return own_schemas.OwnFlashSaleDetail(
        variants=[_own_variant(each) for each in own.variants],
        **_own(own.sale, own.figures, now),
    )


_STATUS = {
    SaleState.UPCOMING: "scheduled",
    SaleState.RUNNING: "running",
    SaleState.SOLD_OUT: "running",
    SaleState.ENDED: "ended",
    SaleState.STOPPED: "stopped",
}


def _own(row: Sale, figures: SaleFigures, now: datetime) -> dict[str, Any]:
    """`own_schemas.OwnFlashSale`."""
    return {
        "id": row.id,
        "product_id": row.product_id,
        "product_name": row.product_name,
        "product_image_url": row.product_image_url,
        "merchant_id": row.merchant_id,
        "merchant_name": row.merchant_name,
        "name": row.name,
        "status": _STATUS[row.state(now)],
        "stop_reason": row.stop_reason,
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
        "per_user_limit": row.per_user_limit,
        "pay_within_s": row.terms.pay_within_s,
        "per_device": row.terms.per_device,
        "flash_price_fen": row.flash_price_fen,
        "price_fen": row.price_fen,
        "set_aside": figures.set_aside,
        "allotted": row.allotted,
        "held": row.held,
        "sold": row.sold,
        "free": row.left,
        "figures": own_schemas.FlashFigures.model_validate(figures, from_attributes=True),
    }


def _own_variant(row: SaleVariant) -> own_schemas.OwnFlashVariant:
    return own_schemas.OwnFlashVariant(
        sku_id=row.sku_id,
        name=row.sku_name,
        flash_price_fen=row.flash_price_fen,
        price_fen=row.price_fen,
        set_aside=row.set_aside,
        allotted=row.allotted,
        held=row.held,
        sold=row.sold,
        free=row.left,
    )
