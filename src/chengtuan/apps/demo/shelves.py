"""Goods, their stock, campaigns, and what delivery costs."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from chengtuan.apps.demo.catalogue import Catalogue
from chengtuan.apps.demo.stage import Actor, Stage
from chengtuan.modules.catalog.facade import CatalogFacade, ProductDraft, SkuDraft

CAMPAIGN_DAYS = 45


@dataclass(frozen=True)
class Goods:
    """A product on the demo's shelf. `campaign` is the API's answer, None where it is sold alone."""

    key: str
    product_id: str
    sku_ids: list[str]
    merchant: str
    campaign: dict[str, Any] | None
    group_hours: int


async def fill_shelves(stage: Stage, catalogue: Catalogue, owners: dict[str, Actor]) -> dict[str, Goods]:
    """Categories, products with stock, and campaigns that have been running for a while."""
    catalog = stage.facade(CatalogFacade)
    for position, category in enumerate(catalogue.categories):
        icon = f"/media/categories/{category['slug']}.webp"
        await catalog.add_category(slug=category["slug"], name=category["name"], icon_url=icon, position=position)
    merchant_ids = {key: (await owner.call("GET", "/merchants/console/mine"))["id"] for key, owner in owners.items()}
    published = {}
    for product in catalogue.products:
        snapshot = await catalog.add_product(
            merchant_id=UUID(merchant_ids[product["merchant"]]), product=_draft(product), demo=True, publish=True
        )
        published[product["key"]] = (str(snapshot.product_id), [str(sku.sku_id) for sku in snapshot.skus])
    await stage.settle()
    terms = {campaign["product"]: campaign for campaign in catalogue.campaigns}
    goods = {}
    for product in catalogue.products:
        product_id, sku_ids = published[product["key"]]
        goods[product["key"]] = await _stock_and_promote(
            stage,
            product,
            terms.get(product["key"]),
            owners[product["merchant"]],
            product_id=product_id,
            sku_ids=sku_ids,
        )
    for freight in catalogue.freight:
        await _charge_freight(catalogue, freight, owners[freight["merchant"]], published)
    return goods


async def _charge_freight(
    catalogue: Catalogue, terms: dict[str, Any], owner: Actor, published: dict[str, tuple[str, list[str]]]
) -> None:
    """All products of a merchant are sent by one template, and so are those that come later."""
    template = await owner.call("POST", "/trade/console/freight/templates", terms["template"])
    for product in catalogue.products:
        if product["merchant"] == terms["merchant"]:
            product_id, sku_ids = published[product["key"]]
            grams = [sku.get("grams") for sku in product["skus"]]
            weights = [{"sku_id": sku_id, "grams": g} for sku_id, g in zip(sku_ids, grams, strict=True)]
            sending = {"template_id": template["id"], "weights": weights, "version": 0}
            await owner.call("PUT", f"/trade/console/freight/products/{product_id}", sending)
    await owner.call("POST", "/trade/console/freight/default", {"template_id": template["id"]})


def _draft(product: dict[str, Any]) -> ProductDraft:
    return ProductDraft(
        name=product["name"],
        summary=product["summary"],
        description=product["description"],
        category_slug=product["category"],
        images=[f"/media/products/{product['key']}-{number}.webp" for number in (1, 2)],
        list_price_fen=product["list_price_fen"],
        skus=[SkuDraft(name=sku["name"], solo_price_fen=sku["solo_price_fen"]) for sku in product["skus"]],
    )


async def _stock_and_promote(
    stage: Stage,
    product: dict[str, Any],
    terms: dict[str, Any] | None,
    owner: Actor,
    *,
    product_id: str,
    sku_ids: list[str],
) -> Goods:
    for sku, sku_id in zip(product["skus"], sku_ids, strict=True):
        await owner.call("PUT", f"/trade/console/stock/{sku_id}", {"on_hand": sku["stock"], "expected": 0})
    campaign = None
    if terms is not None:
        ids = {sku["key"]: sku_id for sku, sku_id in zip(product["skus"], sku_ids, strict=True)}
        campaign = await owner.call("POST", "/trade/console/campaigns", _campaign(stage, terms, product_id, ids))
    hours = terms["group_duration_hours"] if terms else 0
    return Goods(product["key"], product_id, sku_ids, product["merchant"], campaign, hours)


def _campaign(stage: Stage, terms: dict[str, Any], product_id: str, sku_ids: dict[str, str]) -> dict[str, Any]:
    now = stage.clock.now()
    return {
        "product_id": product_id,
        "name": terms["name"],
        "kind": terms["kind"],
        "tiers": [
            {
                "people": tier["people"],
                "prices": [{"sku_id": sku_ids[key], "price_fen": fen} for key, fen in tier["prices_fen"].items()],
            }
            for tier in terms["tiers"]
        ],
        "group_duration_s": terms["group_duration_hours"] * 3600,
        "starts_at": now.isoformat(),
        "ends_at": (now + timedelta(days=CAMPAIGN_DAYS)).isoformat(),
        "stock_cap": terms["stock_cap"],
        "per_user_limit": terms["per_user_limit"],
        "regions": terms["regions"],
        **terms.get("terms", {}),
    }
