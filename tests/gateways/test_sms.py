"""The message protocol between our sender and the sandbox, and the inbox that people read."""

from dataclasses import replace

import httpx
import pytest

from chengtuan.gateways.sandbox import FaultKind
from chengtuan.gateways.sms import HttpSmsSender, SmsConfig, SmsMessage, SmsRefused, SmsUnavailable
from tests.gateways.stage import DESK, Stage

CODE = SmsMessage(
    request_id="r-1",
    phone="+8613800138000",
    template="sign_in_code",
    params={"code": "482913", "minutes": "5"},
)


async def _inbox(stage: Stage, phone: str = CODE.phone) -> list[dict[str, str]]:
    items: list[dict[str, str]] = (await stage.desk.get("/desk/api/sms", params={"phone": phone})).json()["items"]
    return items


async def test_a_code_arrives(stage: Stage) -> None:
    receipt = await stage.sms.send(CODE)
    [message] = await _inbox(stage)
    assert message["id"] == receipt.message_id
    assert message["code"] == "482913"
    assert "482913" in message["text"]
    assert message["sent_at"] == "2026-11-22T08:00:00Z"
    assert await _inbox(stage, "+8613800138001") == []


@pytest.mark.parametrize(("language", "word"), [("zh-Hant", "驗證碼"), ("zh-Hans", "验证码"), ("en", "code")])
async def test_the_text_is_in_the_readers_language(stage: Stage, language: str, word: str) -> None:
    await stage.sms.send(replace(CODE, language=language))
    assert word in (await _inbox(stage))[0]["text"]


async def test_the_same_request_is_one_message(stage: Stage) -> None:
    first, second = await stage.sms.send(CODE), await stage.sms.send(CODE)
    assert first == second
    assert len(await _inbox(stage)) == 1


async def test_newest_first(stage: Stage) -> None:
    for index in range(3):
        await stage.sms.send(replace(CODE, request_id=f"r-{index}", params={"code": f"00000{index}"}))
    assert [message["code"] for message in await _inbox(stage)] == ["000002", "000001", "000000"]


async def test_refusals_and_failures_have_names(stage: Stage) -> None:
    with pytest.raises(SmsRefused) as refused:
        await stage.sms.send(replace(CODE, phone="13800138000"))
    assert refused.value.code == "bad_phone"
    stage.arm(FaultKind.SMS_500)
    with pytest.raises(SmsUnavailable):
        await stage.sms.send(CODE)


async def test_another_key_is_refused(stage: Stage) -> None:
    config = SmsConfig(base_url=f"{DESK}/sms-vendor", key="wrong")
    assert "wrong" not in repr(config)
    with pytest.raises(SmsRefused, match="bad_signature"):
        await HttpSmsSender(config, stage.http, stage.clock).send(CODE)


async def test_an_old_or_changed_request_is_refused(stage: Stage) -> None:
    seen: list[httpx.Request] = []

    async def keep(request: httpx.Request) -> None:
        seen.append(request)

    stage.http.event_hooks["request"].append(keep)
    await stage.sms.send(CODE)
    stage.http.event_hooks["request"].clear()
    headers = {"Authorization": seen[0].headers["Authorization"]}
    url, body = str(seen[0].url), seen[0].content
    changed = body.replace(b"482913", b"482914")
    assert (await stage.http.post(url, content=changed, headers=headers)).status_code == 401
    assert (await stage.http.post(url, content=body)).status_code == 401
    assert (await stage.http.post(url, content=body, headers=headers)).status_code == 202
    stage.advance(301)
    assert (await stage.http.post(url, content=body, headers=headers)).status_code == 401


async def test_nobody_answers(stage: Stage) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    async with httpx.AsyncClient(transport=httpx.MockTransport(refuse)) as http:
        with pytest.raises(SmsUnavailable):
            await HttpSmsSender(SmsConfig(base_url=DESK, key="k"), http, stage.clock).send(CODE)
