"""Whatever the API's description allows or forbids to be sent, no answer is an internal error."""

from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from chengtuan.apps.reference import openapi_document
from tests.api.routes import operations
from tests.support.shop import Buyer, Shop
from tests.support.world import SHOP

EXAMPLES = 100
"""Requests for each module and mode."""
ENDLESS = {"follow_group", "await_group_change"}
"""Streams and long polls: their own tests read them."""
SIGN_OUT = {"sign_out_shopper", "sign_out_of_console"}
"""Sent without the token that the other requests still need."""
BY_PROVIDER = {"receive_transaction_callback", "receive_refund_callback"}
"""Any bytes may come; nothing but a signature is accepted."""
CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance]
SCHEMA = schemathesis.openapi.from_dict(openapi_document())
OPERATIONS = {
    operation.definition.raw["operationId"]: operation
    for operation in (result.ok() for result in SCHEMA.get_all_operations() if isinstance(result, Ok))
}
MODULES = sorted({operation.path.split("/")[3] for operation in OPERATIONS.values()})


def _names(module: str) -> list[str]:
    return sorted(
        name for name, operation in OPERATIONS.items() if operation.path.split("/")[3] == module and name not in ENDLESS
    )


class Sender:
    """Sends generated cases with the token that the route wants, and real ids where a coin says so."""

    def __init__(self, shop: Shop, buyer: Buyer, ids: dict[str, str]) -> None:
        self.client = shop.world.client
        self.ids = ids
        self.tokens = {"shopper": buyer.person.token, "staff": shop.merchant.token, "platform": shop.merchant.token}
        self.access = {operation.id: operation.access for operation in operations(shop.world.api)}

    async def send(self, name: str, case: Any, *, real: bool) -> httpx.Response | None:
        """None if the case cannot be written as an HTTP request at all."""
        if real:
            case.path_parameters = self._real(case.path_parameters)
            case.query = self._real(case.query)
            case.body = self._real(case.body)
        token = None if name in SIGN_OUT else self.tokens.get(self.access[name])
        arguments = case.as_transport_kwargs(base_url=SHOP)
        kept = ("method", "url", "headers", "params", "data", "json", "files", "cookies")
        try:
            prepared = requests.Request(**{key: arguments[key] for key in kept if key in arguments}).prepare()
            headers = {str(key): str(value) for key, value in prepared.headers.items()}
            if token:
                headers["Authorization"] = f"Bearer {token}"
            content: Any = prepared.body
            return await self.client.request(str(prepared.method), str(prepared.url), headers=headers, content=content)
        except (ValueError, httpx.InvalidURL, httpx.LocalProtocolError, requests.RequestException):
            return None

    def _real(self, value: Any) -> Any:
        """The same with our shop's ids in the places of ids."""
        if isinstance(value, dict):
            return {key: self.ids.get(key, self._real(inner)) for key, inner in value.items()}
        return [self._real(inner) for inner in value] if isinstance(value, list) else value


@pytest.fixture
async def sender(shop: Shop) -> Sender:
    campaign = await shop.campaign([3], [7000])
    buyer = await shop.shopper(1)
    opened = await buyer.open(campaign)
    await buyer.pay(opened["id"])
    unpaid = await buyer.order("solo")
    ids = {
        "order_id": unpaid["id"],
        "group_id": opened["group_id"],
        "campaign_id": campaign["id"],
        "product_id": shop.product_id,
        "sku_id": shop.sku_id,
        "address_id": buyer.address_id,
        "merchant_id": str(shop.merchant_id),
    }
    return Sender(shop, buyer, ids)


@pytest.mark.slow
@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["allowed", "forbidden"])
@settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
async def test_no_request_is_an_internal_error(
    sender: Sender, module: str, mode: GenerationMode, data: st.DataObject
) -> None:
    names = [name for name in _names(module) if mode is GenerationMode.POSITIVE or _can_be_wrong(name)]
    if not names:
        return
    name = data.draw(st.sampled_from(names))
    case = data.draw(OPERATIONS[name].as_strategy(generation_mode=mode))
    answer = await sender.send(name, case, real=data.draw(st.booleans()))
    if answer is None:
        return
    assert answer.status_code < 500 or answer.status_code == 503, answer.text
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json", answer.text
    if name not in BY_PROVIDER and mode is GenerationMode.POSITIVE:
        case.validate_response(answer, checks=CHECKS)


def _can_be_wrong(name: str) -> bool:
    """Whether the description forbids anything: an operation without parameters takes every request."""
    raw = OPERATIONS[name].definition.raw
    return bool(raw.get("parameters") or raw.get("requestBody"))
