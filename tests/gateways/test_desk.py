"""Journeys through the desk and the cashier by plain HTTP, as a browser without JavaScript makes them."""

import re
from pathlib import Path

import pytest

from chengtuan.gateways.sandbox import FaultKind, initialise
from chengtuan.gateways.sandbox.desk.wording import LANGUAGES, catalogue, choose_language
from chengtuan.gateways.sandbox.faults import FaultKind as AllFaults
from chengtuan.gateways.sms import SmsMessage
from tests.gateways.stage import DESK, SHOP, Stage, path_of

RESULT = f"{SHOP}/orders/1/result?from=cashier&x=1"


async def _cashier(stage: Stage, return_url: str | None = RESULT) -> str:
    url = await stage.pay.h5_order(stage.order(19_90))
    return path_of(stage.pay.h5_cashier_url(url, return_url) if return_url else url)


def _action(page: str, name: str) -> str:
    found = re.search(rf'action="([^"]+/{name})"', page)
    assert found, page
    return found[1]


async def test_pay_and_return_to_the_shop(stage: Stage) -> None:
    page = (await stage.desk.get(await _cashier(stage))).text
    assert "¥19.90" in page
    assert "三人團 臍橙 5 斤" in page
    assert "T00000001" in page
    pressed = await stage.desk.post(_action(page, "pay"), data={"redirect_url": RESULT})
    assert pressed.status_code == 303
    result = (await stage.desk.get(pressed.headers["location"])).text
    assert "付款成功" in result
    assert f'content="2;url={RESULT.replace("&", "&amp;")}"' in result
    await stage.sandbox.deliver_due()
    assert len(stage.shop.accepted) == 1


async def test_pressing_twice_pays_once(stage: Stage) -> None:
    page = (await stage.desk.get(await _cashier(stage))).text
    for _ in range(2):
        await stage.desk.post(_action(page, "pay"), data={"redirect_url": RESULT})
    await stage.sandbox.deliver_due()
    assert len(stage.shop.raw) == 1


async def test_cancel_returns_without_paying(stage: Stage) -> None:
    page = (await stage.desk.get(await _cashier(stage))).text
    answer = await stage.desk.post(_action(page, "cancel"), data={"redirect_url": RESULT})
    assert (answer.status_code, answer.headers["location"]) == (303, RESULT)
    assert not (await stage.pay.query_by_out_trade_no("T00000001")).paid


async def test_a_refused_payment_offers_another_try(stage: Stage) -> None:
    stage.arm(FaultKind.PAY_REFUSED)
    page = (await stage.desk.get(await _cashier(stage))).text
    pressed = await stage.desk.post(_action(page, "pay"), data={"redirect_url": RESULT})
    result = (await stage.desk.get(pressed.headers["location"])).text
    assert "請重試" in result
    assert "http-equiv" not in result


async def test_a_paid_closed_or_late_order_shows_how_it_stands(stage: Stage) -> None:
    paid, closed, late = [await _cashier(stage) for _ in range(3)]
    await stage.press_pay("T00000001")
    await stage.pay.close("T00000002")
    stage.arm(FaultKind.PAY_LATE, seconds=60)
    await stage.press_pay("T00000003")
    for url, words in ((paid, "付款成功"), (closed, "訂單已關閉"), (late, "付款處理中")):
        page = await stage.desk.get(url, follow_redirects=False)
        assert page.status_code == 303
        assert words in (await stage.desk.get(page.headers["location"])).text


@pytest.mark.parametrize(
    "url",
    [
        "http://evil.test/",
        "http://shop.test.evil.test/",
        "http://shop.test@evil.test/",
        "http://shop.test\\@evil.test/",
        "https://shop.test/",
        "javascript:alert(1)",
        "//evil.test/",
        "/relative",
        "http://shop.test/\r\nX: y",
    ],
)
async def test_the_cashier_leads_nowhere_else(stage: Stage, url: str) -> None:
    page = (await stage.desk.get(await _cashier(stage, url))).text
    assert 'name="redirect_url" value=""' in page
    pressed = await stage.desk.post(_action(page, "pay"), data={"redirect_url": url})
    result = (await stage.desk.get(pressed.headers["location"])).text
    assert "http-equiv" not in result
    cancelled = await stage.desk.post(_action(page, "cancel"), data={"redirect_url": url})
    assert cancelled.headers["location"].startswith("/cashier/")


async def test_an_unknown_payment_is_not_found(stage: Stage) -> None:
    assert (await stage.desk.get("/cashier/wx00")).status_code == 404
    assert (await stage.desk.post("/cashier/wx00/pay")).status_code == 404


async def test_shop_texts_are_shown_as_text(stage: Stage) -> None:
    url = await stage.pay.h5_order(stage.order(description='<script>alert("x")</script>'))
    for path in (path_of(url), "/ledger"):
        page = (await stage.desk.get(path)).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;" in page


async def test_the_inbox_shows_codes_to_copy(stage: Stage) -> None:
    await stage.sms.send(
        SmsMessage(request_id="1", phone="+886912345678", template="sign_in_code", params={"code": "482913"})
    )
    page = (await stage.desk.get("/sms")).text
    assert "<output>482913</output>" in page
    assert 'data-copy="482913"' in page
    assert "482913" not in (await stage.desk.get("/sms", params={"phone": "+85291234567"})).text


async def test_all_pages_speak_three_languages(stage: Stage) -> None:
    await stage.paid()
    words = {"zh-TW,zh;q=0.9": "帳本", "zh-CN": "账本", "en-GB,zh;q=0.5": "Ledger", "de": "帳本"}
    for path in ("/", "/sms", "/messages", "/ledger"):
        for header, word in words.items():
            page = await stage.desk.get(path, headers={"Accept-Language": header})
            assert page.status_code == 200
            assert word in page.text


async def test_a_chosen_language_is_remembered(stage: Stage) -> None:
    await stage.desk.get("/", params={"lang": "en"})
    assert "Ledger" in (await stage.desk.get("/", headers={"Accept-Language": "zh-TW"})).text


def test_every_text_exists_in_every_language() -> None:
    for key, texts in catalogue().items():
        assert set(texts) == set(LANGUAGES), key
        assert all(texts.values()), key
    for kind in AllFaults:
        assert f"fault_{kind}" in catalogue()


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "zh-Hant"),
        ("zh-HK", "zh-Hant"),
        ("zh-Hans-CN", "zh-Hans"),
        ("fr, en;q=0.8, zh-TW;q=0.9", "zh-Hant"),
        ("en;q=nonsense", "zh-Hant"),
        ("*", "zh-Hant"),
    ],
)
def test_language_of_a_browser(header: str, language: str) -> None:
    assert choose_language(header, None) == language


async def test_misbehaviour_is_armed_from_the_page(stage: Stage) -> None:
    form = {"kind": "callback_lost", "seconds": "0", "times": "2"}
    assert (await stage.desk.post("/desk/arm", data=form)).status_code == 303
    assert "通知遺失 × 2" in (await stage.desk.get("/ledger")).text
    await stage.desk.post("/desk/clear")
    assert "通知遺失 ×" not in (await stage.desk.get("/ledger")).text


async def test_forms_of_other_sites_are_refused(stage: Stage) -> None:
    form = {"kind": "callback_lost", "seconds": "0", "times": "1"}
    answer = await stage.desk.post("/desk/arm", data=form, headers={"Origin": "http://evil.test"})
    assert answer.status_code == 403
    assert not stage.sandbox.faults.armed()


async def test_the_ledger_page_pays_and_repairs(stage: Stage) -> None:
    order = stage.order()
    await stage.pay.jsapi_order(order)
    assert "/desk/pay" in (await stage.desk.get("/ledger")).text
    await stage.desk.post("/desk/pay", data={"out_trade_no": order.out_trade_no})
    assert (await stage.pay.query_by_out_trade_no(order.out_trade_no)).paid


async def test_bad_control_requests_are_answered_400(stage: Stage) -> None:
    for path, body in (
        ("/control/faults", {"kind": "no_such"}),
        ("/control/faults", {"kind": "api_500", "times": 0}),
        ("/control/clock-skew", {"seconds": "soon"}),
        ("/control/signing", {"mode": "pencil"}),
        ("/desk/api/login-code", {}),
    ):
        assert (await stage.desk.post(path, json=body)).status_code == 400, path


def test_initialise_keeps_keys_and_writes_private_files(tmp_path: Path) -> None:
    first = initialise(tmp_path, public_url=DESK)
    before = first.read_text()
    assert initialise(tmp_path, public_url=DESK + "/") == first
    assert first.read_text() == before
    for path in (tmp_path / "sandbox").iterdir():
        assert path.stat().st_mode & 0o077 == 0, path.name
    moved = initialise(tmp_path, public_url="http://elsewhere.test").read_text()
    assert "CHENGTUAN_WECHAT_PAY_BASE_URL=http://elsewhere.test\n" in moved
    assert [line for line in moved.splitlines() if "test" not in line] == [
        line for line in before.splitlines() if "test" not in line
    ]
