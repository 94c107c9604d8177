"""The mini-program server interfaces between our client and the sandbox."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from chengtuan.gateways.sandbox import FaultKind
from chengtuan.gateways.sandbox.mini_accounts import MiniRefusal
from chengtuan.gateways.wechat import (
    ConsentMissing,
    LoginCodeRefused,
    MiniProgram,
    MiniProgramConfig,
    MiniProgramRefused,
    ProviderUnavailable,
    ShippingItem,
    ShippingUpload,
)
from tests.gateways.stage import DESK, START, Stage


async def _code(stage: Stage, nickname: str = "Lin") -> str:
    answer = await stage.desk.post("/desk/api/login-code", json={"nickname": nickname})
    return str(answer.json()["code"])


async def test_the_same_person_has_the_same_openid(stage: Stage) -> None:
    first = await stage.mini.code2session(await _code(stage))
    second = await stage.mini.code2session(await _code(stage))
    other = await stage.mini.code2session(await _code(stage, "Wang"))
    assert first.openid == second.openid != other.openid
    assert len(first.openid) == 28
    assert first.session_key not in repr(first)


async def test_a_code_works_once_and_for_five_minutes(stage: Stage) -> None:
    code, late = await _code(stage), await _code(stage)
    await stage.mini.code2session(code)
    with pytest.raises(LoginCodeRefused) as used:
        await stage.mini.code2session(code)
    assert used.value.errcode == 40163
    with pytest.raises(LoginCodeRefused) as wrong:
        await stage.mini.code2session("made-up")
    assert wrong.value.errcode == 40029
    stage.advance(301)
    with pytest.raises(LoginCodeRefused):
        await stage.mini.code2session(late)


async def test_a_phone_code_is_no_login_code(stage: Stage) -> None:
    answer = await stage.desk.post("/desk/api/phone-code", json={"phone": "+8613800138000"})
    code = answer.json()["code"]
    with pytest.raises(LoginCodeRefused):
        await stage.mini.code2session(code)
    phone = await stage.mini.phone_number(code)
    assert (phone.e164, phone.country_code, phone.national) == ("+8613800138000", "86", "13800138000")
    with pytest.raises(LoginCodeRefused):
        await stage.mini.phone_number(code)


@pytest.mark.parametrize("phone", ["+886912345678", "+85291234567", "+85366123456"])
async def test_phones_of_the_neighbours(stage: Stage, phone: str) -> None:
    answer = await stage.desk.post("/desk/api/phone-code", json={"phone": phone})
    assert (await stage.mini.phone_number(answer.json()["code"])).e164 == phone


async def test_many_callers_cause_one_token_request(stage: Stage) -> None:
    tokens = await asyncio.gather(*(stage.mini.access_token() for _ in range(20)))
    assert len(set(tokens)) == 1


async def test_two_processes_share_the_token(stage: Stage) -> None:
    own = stage.sandbox.credentials
    neighbour = MiniProgram(
        MiniProgramConfig(appid=own.appid, secret=own.secret, base_url=DESK), stage.http, stage.clock
    )
    assert await stage.mini.access_token() == await neighbour.access_token()
    assert (await stage.mini.access_token()) == await stage.mini.access_token()


async def test_the_token_is_renewed_before_it_ends(stage: Stage) -> None:
    first = await stage.mini.access_token()
    stage.advance(7200 - 301)
    assert await stage.mini.access_token() == first
    stage.advance(2)
    second = await stage.mini.access_token()
    assert second != first
    for token in (first, second):
        stage.sandbox.mini.check_token(token)


async def test_a_stale_token_is_renewed_once(stage: Stage) -> None:
    openid = stage.sandbox.mini.openid("Lin")
    stage.sandbox.mini.allow(openid, ["formed"])
    stage.arm(FaultKind.MINI_STALE_TOKEN)
    await stage.mini.send_subscribe_message(openid=openid, template_id="formed", data={"thing1": "成團"})
    stage.arm(FaultKind.MINI_STALE_TOKEN, times=2)
    with pytest.raises(MiniProgramRefused) as refused:
        await stage.mini.send_subscribe_message(openid=openid, template_id="formed", data={"thing1": "x"})
    assert refused.value.errcode == 40001


async def test_one_consent_is_one_message(stage: Stage) -> None:
    answer = await stage.desk.post("/desk/api/subscriptions", json={"nickname": "Lin", "template_ids": ["formed"]})
    openid = answer.json()["openid"]
    message = {"openid": openid, "template_id": "formed", "page": "pages/group?id=1"}
    await stage.mini.send_subscribe_message(**message, data={"thing1": "臍橙 5 斤", "time2": "16:00"})
    with pytest.raises(ConsentMissing):
        await stage.mini.send_subscribe_message(**message, data={"thing1": "臍橙 5 斤"})
    [sent] = (await stage.desk.get("/desk/api/messages")).json()["items"]
    assert sent["data"] == {"thing1": "臍橙 5 斤", "time2": "16:00"}
    assert sent["openid"] == openid


async def test_an_empty_value_is_refused(stage: Stage) -> None:
    openid = stage.sandbox.mini.openid("Lin")
    stage.sandbox.mini.allow(openid, ["formed"])
    with pytest.raises(MiniProgramRefused) as refused:
        await stage.mini.send_subscribe_message(openid=openid, template_id="formed", data={"thing1": ""})
    assert refused.value.errcode == 47003


async def test_a_wrong_secret_is_refused_and_not_shown(stage: Stage) -> None:
    config = MiniProgramConfig(appid=stage.sandbox.credentials.appid, secret="wrong", base_url=DESK)
    assert "wrong" not in repr(config)
    with pytest.raises(MiniProgramRefused) as refused:
        await MiniProgram(config, stage.http, stage.clock).access_token()
    assert refused.value.errcode == 40125


async def test_a_busy_platform_is_an_unknown_outcome(stage: Stage) -> None:
    stage.arm(FaultKind.MINI_500)
    with pytest.raises(ProviderUnavailable) as unavailable:
        await stage.mini.code2session("any")
    assert stage.sandbox.credentials.secret not in str(unavailable.value)


async def _paid(stage: Stage) -> str:
    order = await stage.paid()
    found = await stage.pay.query_by_out_trade_no(order.out_trade_no)
    assert found.transaction_id is not None
    return found.transaction_id


async def _upload(
    stage: Stage, transaction_id: str, later_s: int = 0, *, parcels: int = 1, complete: bool = True
) -> None:
    await stage.mini.upload_shipping_info(
        ShippingUpload(
            transaction_id=transaction_id,
            payer_openid=stage.sandbox.mini.openid("Lin"),
            upload_time=START + timedelta(seconds=later_s),
            items=tuple(
                ShippingItem(description="臍橙", carrier_code="SF", tracking_no=f"SF{nth:010}")
                for nth in range(parcels)
            ),
            complete=complete,
        )
    )


async def test_shipping_is_reported_at_most_twice_and_later_each_time(stage: Stage) -> None:
    """Rule 17."""
    payment = await _paid(stage)
    await _upload(stage, payment)
    with pytest.raises(MiniProgramRefused):
        await _upload(stage, payment)
    await _upload(stage, payment, later_s=1)
    with pytest.raises(MiniProgramRefused) as refused:
        await _upload(stage, payment, later_s=2)
    assert refused.value.errcode == 10060003


async def test_a_split_delivery_is_reported_as_it_goes_and_then_at_most_once_more(stage: Stage) -> None:
    """Rule 17. As one parcel follows the other nothing is repeated; what is complete can be corrected once."""
    payment = await _paid(stage)
    for parcels in range(1, 15):
        await _upload(stage, payment, later_s=parcels, parcels=parcels, complete=False)
    await _upload(stage, payment, later_s=15, parcels=15)
    await _upload(stage, payment, later_s=16, parcels=15)
    with pytest.raises(MiniProgramRefused) as refused:
        await _upload(stage, payment, later_s=17, parcels=15)
    assert refused.value.errcode == 10060003


async def test_another_delivery_mode_uses_up_the_repetition(stage: Stage) -> None:
    payment = await _paid(stage)
    await _upload(stage, payment, parcels=1, complete=False)
    await _upload(stage, payment, later_s=1)  # sent as one, after all
    with pytest.raises(MiniProgramRefused) as refused:
        await _upload(stage, payment, later_s=2)
    assert refused.value.errcode == 10060003


@pytest.mark.parametrize(
    ("wrong", "errcode"),
    [
        ({"delivery_mode": 3}, 268485224),
        ({"delivery_mode": 1, "shipping_list": [1, 2]}, 268485228),
        ({"shipping_list": []}, 10060024),
        ({"shipping_list": [1] * 16}, 10060024),
        ({"logistics_type": 4}, 10060006),
        ({"is_all_delivered": None}, 10060007),
        ({"shipping_list": [{"item_desc": "x", "express_company": "SF"}]}, 268485226),
        ({"shipping_list": [{"item_desc": "x" * 121, "express_company": "SF", "tracking_no": "1"}]}, 10060009),
    ],
)
async def test_the_sandbox_checks_what_the_partner_checks(stage: Stage, wrong: dict[str, Any], errcode: int) -> None:
    right = {"delivery_mode": 2, "logistics_type": 1, "is_all_delivered": True, "upload_time": "2026-06-01"}
    parcel = {"item_desc": "x", "express_company": "SF", "tracking_no": "SF1"}
    own = {
        "order_key": {"transaction_id": await _paid(stage)},
        "payer": {"openid": stage.sandbox.mini.openid("Lin")},
        "shipping_list": [parcel],
    }
    with pytest.raises(MiniRefusal) as refused:
        stage.sandbox.mini.upload_shipping(own | right | wrong)
    assert refused.value.errcode == errcode
    stage.sandbox.mini.upload_shipping(own | right)


async def test_shipping_of_an_unknown_payment_is_refused(stage: Stage) -> None:
    with pytest.raises(MiniProgramRefused) as refused:
        await _upload(stage, "4200000000")
    assert refused.value.errcode == 10060001
