"""The report that frees a mini program's money (rule 17, F96)."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from chengtuan.gateways.sandbox import FaultKind
from chengtuan.modules.fulfilment.rules.uploads import MOST_REFUSALS
from tests.modules.fulfilment.support import (
    FULFILMENT,
    NUMBER,
    only_parcel,
    order_paid_in_wechat,
    paid_order,
    rows,
    ship,
    wechat_buyer,
)
from tests.support.shop import Shop

pytestmark = pytest.mark.postgres


def reports(shop: Shop) -> list[dict[str, Any]]:
    """What WeChat was told."""
    return list(shop.world.sandbox_app.state.sandbox.store.all("SELECT * FROM shipping_info"))


def upload(shop: Shop) -> dict[str, Any]:
    columns = "upload_status, upload_attempts, upload_refusals, upload_error, uploaded_at"
    (row,) = rows(shop, f"select {columns} from fulfilment.shipment")
    return row


def waiting_jobs(shop: Shop) -> int:
    return len(rows(shop, "select 1 from fulfilment.job where kind = 'upload_shipping'"))


@pytest.mark.feature("F96")
async def test_a_parcel_paid_in_the_mini_program_is_reported(shop: Shop) -> None:
    buyer, openid = await wechat_buyer(shop)
    order_id = await order_paid_in_wechat(shop, buyer)
    await ship(shop, order_id)
    (report,) = reports(shop)
    content = json.loads(report["content"])
    assert content["order_key"]["transaction_id"] == report["transaction_id"]
    assert content["payer"] == {"openid": openid}
    assert content["shipping_list"] == [
        {
            "tracking_no": NUMBER,
            "express_company": "SF",
            "item_desc": "蜜柚 × 1",
            "contact": {"receiver_contact": "+86-139****1111"},
        }
    ]
    assert datetime.fromisoformat(content["upload_time"]) == shop.world.clock.now()
    assert (upload(shop)["upload_status"], waiting_jobs(shop)) == ("done", 0)


async def test_a_payment_from_a_browser_is_not_reported(shop: Shop) -> None:
    await ship(shop, await paid_order(shop, await shop.shopper(1)))
    assert reports(shop) == []
    assert (upload(shop)["upload_status"], waiting_jobs(shop)) == ("skipped", 0)


async def test_silence_is_retried_until_it_works(shop: Shop) -> None:
    buyer, _ = await wechat_buyer(shop)
    order_id = await order_paid_in_wechat(shop, buyer)
    faults = shop.world.sandbox_app.state.sandbox.faults
    faults.arm(FaultKind.MINI_500, times=2)
    await ship(shop, order_id)
    assert (upload(shop)["upload_status"], upload(shop)["upload_attempts"]) == ("waiting", 1)
    assert (await buyer.see(order_id))["status"] == "shipped", "the buyer does not wait for WeChat"
    shop.world.clock.advance(timedelta(seconds=9))
    await shop.world.settle()
    assert upload(shop)["upload_attempts"] == 1, "not before its pause is over"
    for seconds in (1, 20):
        shop.world.clock.advance(timedelta(seconds=seconds))
        await shop.world.settle()
    assert (upload(shop)["upload_status"], len(reports(shop))) == ("done", 1)


async def test_a_refusal_is_kept_on_the_shipment_and_not_repeated_for_ever(shop: Shop) -> None:
    buyer, _ = await wechat_buyer(shop)
    order_id = await order_paid_in_wechat(shop, buyer)
    store = shop.world.sandbox_app.state.sandbox.store
    store.run("UPDATE trade SET payer_openid = ?", "o" + "x" * 27)  # WeChat says that somebody else paid
    await ship(shop, order_id)
    assert (upload(shop)["upload_status"], upload(shop)["upload_refusals"]) == ("waiting", 1)
    assert (await only_parcel(shop, order_id))["refused"] is None  # it is tried again
    assert "10060005" in upload(shop)["upload_error"]
    for _ in range(MOST_REFUSALS + 3):
        shop.world.clock.advance(timedelta(hours=1))
        await shop.world.settle()
    assert (upload(shop)["upload_status"], upload(shop)["upload_refusals"]) == ("refused", MOST_REFUSALS)
    assert waiting_jobs(shop) == 0
    assert "10060005" in (await only_parcel(shop, order_id))["refused"]
    (own,) = (await buyer.person.get(f"{FULFILMENT}/orders/{order_id}/parcels")).json()["items"]
    assert "refused" not in own
    label = {"carrier_code": "SF", "tracking_no": "SF9876543210987"}
    corrected = await shop.merchant.post(f"{FULFILMENT}/console/parcels/{own['id']}/corrections", label)
    assert corrected.status_code == 200, corrected.text
    await shop.world.settle()
    assert (upload(shop)["upload_status"], upload(shop)["upload_refusals"]) == ("waiting", 1), "as a new report"


async def test_a_report_that_arrived_without_an_answer_is_done(shop: Shop) -> None:
    """The one repetition is used up, so WeChat refuses: it knows the parcel."""
    buyer, _ = await wechat_buyer(shop)
    order_id = await order_paid_in_wechat(shop, buyer)
    await ship(shop, order_id)
    shop.world.sandbox_app.state.sandbox.store.run("UPDATE shipping_info SET reshipped = 1")
    rows(shop, "update fulfilment.shipment set upload_status = 'waiting', uploaded_at = null")
    rows(
        shop,
        "insert into fulfilment.job (kind, ref, due_at) values ('upload_shipping', %s, %s)",
        order_id,
        shop.world.clock.now(),
    )
    await shop.world.settle()
    assert (upload(shop)["upload_status"], upload(shop)["upload_refusals"]) == ("done", 1)
