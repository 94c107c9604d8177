"""Every list that has pages, read one by one: nothing comes twice, and nothing is missed."""

from datetime import timedelta
from typing import Any

from tests.api.routes import Operation, operations
from tests.api.test_ownership import Property, path_of, property_of_ann, questions
from tests.modules.trade.test_shelf_order import add_product
from tests.support.flash import flash_sale, hold
from tests.support.world import World

OF_THE_PLATFORM = {"list_reconciliations"}
"""No shop reads them; `test_reconciliation` pages through them."""


async def _more_of_each(mine: Property) -> None:
    """At least two of whatever a list shows, so that a page of one is not the last."""
    shop, ann = mine.shop, mine.ann
    orange = await add_product(shop, "Orange", 5000)
    await orange.campaign([3], [4000])
    await flash_sale(shop, 1, in_s=7200)
    half = {"sku_id": orange.sku_id, "price_fen": 2500, "units": 1}
    await hold(ann, await flash_sale(orange, variants=[half]), sku_id=orange.sku_id)
    zone = {"regions": [], "first_units": 1, "first_fen": 600, "further_units": 1, "further_fen": 200}
    template = {"name": "Heavy", "unit": "piece", "zones": [zone]}
    answer = await shop.merchant.post("/api/v1/trade/console/freight/templates", template)
    assert answer.status_code == 201, answer.text
    for _ in range(2):
        order = await ann.open({"id": mine.ids["campaign_id"]})
        await ann.pay(order["id"])
    await ann.person.post(f"/api/v1/trade/orders/{order['id']}/cancel")
    await shop.world.settle()


async def _items(mine: Property, operation: Operation, **question: Any) -> tuple[list[Any], str | None]:
    person = mine.shop.merchant if operation.access == "staff" else mine.ann.person
    answer = await person.get(path_of(operation, mine.ids), **question)
    assert answer.status_code == 200, (operation.id, question, answer.text)
    return answer.json()["items"], answer.json()["next_cursor"]


async def test_every_list_gives_each_thing_once_however_short_its_pages(world: World) -> None:
    mine = await property_of_ann(world)
    await _more_of_each(mine)
    world.clock.advance(timedelta(seconds=5))
    lengths: dict[str, int] = {}
    for operation in operations(world.api):
        if "cursor" not in operation.query or operation.access == "platform":
            continue
        for question in questions(operation, mine.ids | {"q": mine.number}):
            whole, _ = await _items(mine, operation, **question, limit=100)
            found, cursor = await _items(mine, operation, **question, limit=1)
            while cursor is not None and len(found) <= len(whole):
                page, cursor = await _items(mine, operation, **question, limit=1, cursor=cursor)
                found += page
            assert found == whole, (operation.id, question)
            lengths[operation.id] = max(lengths.get(operation.id, 0), len(whole))
    assert {name for name, length in lengths.items() if length < 2} == set()
    assert len(lengths) >= 12
