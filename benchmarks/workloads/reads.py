"""What everybody reads."""

from benchmarks.fill.copies import Copy
from benchmarks.load.requests import get
from benchmarks.stage import Outcome, Stage

GROUP_MEMBERS = 20
_LISTINGS = "/api/v1/trade/listings?sort=popular&limit=20"


def home_read(stage: Stage) -> Outcome:
    """The first page of the shelf, as the shop asks for it."""
    return Outcome(stage.generator.repeat([get(_LISTINGS)], stage.pace), [{}])


def search_read(stage: Stage) -> Outcome:
    """The first page of what is found by a word."""
    return Outcome(stage.generator.repeat([get(f"{_LISTINGS}&q=pomelo")], stage.pace), [{}])


def product_read(stage: Stage) -> Outcome:
    """The page of one product."""
    product_id = str(stage.shop.hot.product_id)
    result = stage.generator.repeat([get(f"/api/v1/catalog/products/{product_id}")], stage.pace)
    return Outcome(result, [{"product": product_id}])


def group_read(stage: Stage) -> Outcome:
    """The page of a group that twenty people have paid for."""
    place = stage.open_groups([stage.shop.hot], 1)[0]
    stage.copy([Copy(place.order_id, who) for who in stage.shoppers(GROUP_MEMBERS - 1)])
    result = stage.generator.repeat([get(f"/api/v1/trade/groups/{place.group_id}")], stage.pace)
    return Outcome(result, [{"group": place.group_id}])
