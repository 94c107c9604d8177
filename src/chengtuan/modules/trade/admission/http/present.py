"""Quotes, from what was priced to what clients see."""

from chengtuan.modules.trade.admission.http import schemas
from chengtuan.modules.trade.admission.usecases.quote_order import Quote, QuoteLine
from chengtuan.modules.trade.orders.http.schemas import AdjustmentOut


def quote(found: Quote) -> schemas.Quote:
    first = found.lines[0]
    return schemas.Quote(
        lines=[_line(line) for line in found.lines],
        adjustments=[AdjustmentOut.model_validate(each, from_attributes=True) for each in found.adjustments],
        product_id=first.text.product_id,
        product_name=first.text.product_name,
        image_url=first.text.image_url,
        sku_name=first.text.sku_name,
        unit_price_fen=first.priced.unit_fen,
        quantity=first.priced.quantity,
        goods_fen=found.goods_fen,
        off_fen=found.off_fen,
        freight_fen=found.freight_fen,
        freight_known=found.freight_known,
        payable_fen=found.payable_fen,
        tier_prices_fen=list(first.priced.tier_prices_fen),
        deliverable=found.deliverable,
        hold_s=found.hold_s,
        initiator_back_fen=found.initiator_back_fen,
    )


def _line(line: QuoteLine) -> schemas.QuoteLine:
    text, priced = line.text, line.priced
    return schemas.QuoteLine(
        sku_id=text.sku_id,
        product_id=text.product_id,
        product_name=text.product_name,
        sku_name=text.sku_name,
        image_url=text.image_url,
        list_unit_fen=priced.list_unit_fen,
        unit_price_fen=priced.unit_fen,
        quantity=priced.quantity,
        goods_fen=priced.goods_fen,
        off_fen=priced.off_fen,
        payable_fen=priced.payable_fen,
        tier_prices_fen=list(priced.tier_prices_fen),
        deliverable=line.deliverable,
    )
