"""Vendure: a shop's GraphQL API, without pages of its own."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.peers.load.visitor import Step
from benchmarks.peers.peer import (
    CROWD,
    DETAIL,
    LAST_STEP,
    LIST,
    ORDER,
    PRODUCTS,
    Filled,
    Peer,
    Stock,
    Workload,
    install_node,
    nobody,
)
from benchmarks.peers.site import INSIDE, Command, Site

_PREPARED = 300
_DETAIL = """query { product(slug: "pomelo-0") { id name slug description
 variants { id name sku priceWithTax currencyCode stockLevel options { id name } }
 featuredAsset { id preview } assets { id preview } facetValues { id name } collections { id slug name } } }"""
_LIST = """query { search(input: { take: 20, skip: 0, groupByProduct: true, sort: { name: ASC } }) { totalItems
 items { productId productName slug description currencyCode productAsset { id preview }
 priceWithTax { ... on SinglePrice { value } ... on PriceRange { min max } } } } }"""
_ADD = """mutation { addItemToOrder(productVariantId: "%s", quantity: 1) { __typename
 ... on Order { id code state totalWithTax } ... on ErrorResult { errorCode message } } }"""
_WHERE = """mutation {
 setCustomerForOrder(input: { firstName: "Lin", lastName: "Xiaoman", emailAddress: "lin@example.com" }) { __typename }
 setOrderShippingAddress(input: { fullName: "Lin Xiaoman", streetLine1: "1 Park Road", city: "Shenzhen",
 postalCode: "518000", countryCode: "CN" }) { __typename }
 setOrderShippingMethod(shippingMethodId: ["1"]) { __typename ... on ErrorResult { errorCode } } }"""
_PAY = """mutation { transitionOrderToState(state: "ArrangingPayment") { __typename
 ... on OrderStateTransitionError { transitionError } }
 addPaymentToOrder(input: { method: "dummy", metadata: {} }) { __typename
 ... on Order { id code state } ... on ErrorResult { errorCode message } } }"""


def _ask(name: str, query: str, expect: str, *, known: bool = False, **more: Any) -> Step:
    headers = {"authorization": "Bearer {token}"} if known else {}
    body = {"query": " ".join(query.split())}
    return Step(name, "/shop-api", "POST", json=body, headers=headers, expect=expect, **more)


def _way(variant: str) -> list[Step]:
    """A guest's way to an order whose payment is authorised; what can go into one request does."""
    token = {"token": r"(?i)vendure-auth-token: (\S+)"}
    return [
        _ask("add to order", _ADD % variant, '"state":"AddingItems"', take=token),
        _ask("address", _WHERE, '"setOrderShippingMethod":{"__typename":"Order"', known=True),
        _ask("pay", _PAY, '"state":"PaymentAuthorized"', known=True),
    ]


class Vendure(Peer):
    """Stock is allocated when the payment is authorised."""

    name = "vendure"
    title = "Vendure"
    version = "3.7.3"
    arrangements = ("1 process", "2 processes", "3 processes")

    def install(self, home: Path) -> None:
        ours = [f"@vendure/{part}@{self.version}" for part in ("core", "common", "job-queue-plugin")]
        install_node(home, [*ours, "pg@8.23.1", "bullmq@5.81.5", "ioredis@5.11.1"])

    def fill(self, site: Site) -> Filled:
        out = site.data / "filled.json"
        site.call(
            "node",
            str(INSIDE / "vendure-fill.js"),
            str(PRODUCTS + 1),
            str(out),
            PEER_SYNCHRONIZE="1",
            NODE_ENV="production",
        )
        return json.loads(out.read_text())

    def commands(self, site: Site, arrangement: str) -> Sequence[Command]:
        extra = {"NODE_ENV": "production", "PEER_WORKERS": arrangement.split(maxsplit=1)[0]}
        return [
            Command(["node", str(INSIDE / "vendure-worker.js")], extra=extra),
            Command(["node", str(INSIDE / "vendure-server.js")], site.port, extra),
        ]

    def workloads(self, filled: Filled) -> Mapping[str, Workload]:
        way = _way(filled[0]["variant"])
        return {
            DETAIL: Workload([_ask("product", _DETAIL, "Picked this morning")], nobody(64), again=True),
            LIST: Workload([_ask("list", _LIST, "Pomelo 1")], nobody(64), again=True),
            ORDER: Workload(way, nobody(3000)),
            LAST_STEP: Workload(way[2:], nobody(_PREPARED), before=way[:2]),
        }

    def crowd(self, filled: Filled) -> Workload:
        way = _way(filled[-1]["variant"])
        return Workload(way[2:], nobody(CROWD), before=way[:2])

    def stock(self, site: Site, filled: Filled) -> Stock:
        scarce = filled[-1]["variant"]
        sold, allocated, on_hand = site.ask(
            'select (select sum(quantity) from order_line l join "order" o on o.id = l."orderId"'
            f" where l.\"productVariantId\" = {scarce} and o.state = 'PaymentAuthorized'),"
            f' "stockAllocated", "stockOnHand" from stock_level where "productVariantId" = {scarce}'
        )
        return Stock(sold, allocated, on_hand - allocated)
