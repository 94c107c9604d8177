"""A campaign as a merchant sets it up, in the console's form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from playwright.async_api import expect

from tests.journeys.merchant import SEEN_WITHIN_MS, Merchant
from tests.journeys.running_shop import RunningShop


async def create_campaign(
    merchant: Merchant,
    product_id: str,
    name: str,
    tiers: Sequence[tuple[int, int]],
    *,
    hours: int = 2,
    newcomers_only: bool = False,
    overflow: bool = False,
    perk: str | None = None,
) -> None:
    """`tiers` are people and a price in fen for every variant; `perk` is a percentage or "free"."""
    await merchant.go(f"/campaigns/new?product_id={product_id}")
    await expect(merchant.find("tier-price-0-0")).to_be_visible(timeout=SEEN_WITHIN_MS)  # the product is there
    await merchant.fill("campaign-name", name)
    await merchant.tap("campaign-kind-fixed" if len(tiers) == 1 else "campaign-kind-ladder")
    for number, (people, fen) in enumerate(tiers):
        await merchant.fill(f"tier-people-{number}", str(people))
        for column in range(await merchant.page.locator(f'[data-test^="tier-price-{number}-"]').count()):
            await merchant.fill(f"tier-price-{number}-{column}", f"{fen / 100:.2f}")
    await merchant.fill("campaign-duration", str(hours))
    if newcomers_only:
        await merchant.tap("campaign-newcomers")
    if overflow:
        await merchant.tap("campaign-overflow")
    if perk == "free":
        await merchant.tap("campaign-perk-free")
    elif perk is not None:
        await merchant.tap("campaign-perk-percent")
        await merchant.fill("campaign-perk-percent-share", perk)
    await merchant.person.shot("campaign-form")
    await merchant.saves_to("campaign-save", "#/campaigns")
    await expect(merchant.find("campaign-row").first).to_contain_text(name, timeout=SEEN_WITHIN_MS)


async def campaign_of(shop: RunningShop, product_id: str) -> dict[str, Any]:
    """The running campaign of a product, as its page gets it."""
    offer = await shop.get(f"/trade/products/{product_id}/offer")
    assert offer["campaign"], f"no campaign runs for {product_id}"
    campaign: dict[str, Any] = offer["campaign"]
    return campaign
