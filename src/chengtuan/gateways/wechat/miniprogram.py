"""The mini-program server interfaces at api.weixin.qq.com that this product needs."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import httpx

from chengtuan.kernel.clock import SHANGHAI, Clock
from chengtuan.kernel.text import cut

from . import parsing
from .access_token import AccessToken
from .config import MiniProgramConfig
from .errors import ConsentMissing, LoginCodeRefused, MiniProgramRefused, ProviderUnavailable, UntrustedAnswer
from .miniprogram_contracts import PhoneNumber, ShippingItem, ShippingUpload, WeChatSession

MAX_PARCELS = 15
"""Of one payment."""
_BUSY = -1
_STALE_TOKEN = frozenset((40001, 40014, 42001))
_BAD_CODE = frozenset((40029, 40163))
_NO_CONSENT = 43101
_UNIFIED, _SPLIT = 1, 2
"""How the goods of a payment are sent: in one parcel, or in several that may be reported one after the other."""


class MiniProgram:
    """The client. Every method may raise ProviderUnavailable and MiniProgramRefused."""

    def __init__(self, config: MiniProgramConfig, http: httpx.AsyncClient, clock: Clock) -> None:
        self._config = config
        self._http = http
        self._token = AccessToken(clock, self._fetch_token)

    async def code2session(self, code: str) -> WeChatSession:
        """Who signed in with `wx.login`; a code works once. LoginCodeRefused if it does not."""
        query = {
            "appid": self._config.appid,
            "secret": self._config.secret,
            "js_code": code,
            "grant_type": "authorization_code",
        }
        answer = await self._exchange("GET", "/sns/jscode2session", query)
        try:
            return WeChatSession(
                openid=parsing.text(answer, "openid"),
                unionid=parsing.optional_text(answer, "unionid"),
                session_key=parsing.text(answer, "session_key"),
            )
        except ValueError as error:
            raise UntrustedAnswer(f"jscode2session: {error}") from error

    async def phone_number(self, code: str) -> PhoneNumber:
        """The number behind a code of the phone button. LoginCodeRefused if the code does not work."""
        answer = await self._authorised("/wxa/business/getuserphonenumber", {"code": code})
        try:
            found = parsing.section(answer, "phone_info")
            return PhoneNumber(
                country_code=parsing.text(found, "countryCode"),
                national=parsing.text(found, "purePhoneNumber"),
            )
        except ValueError as error:
            raise UntrustedAnswer(f"getuserphonenumber: {error}") from error

    async def send_subscribe_message(
        self, *, openid: str, template_id: str, data: Mapping[str, str], page: str | None = None
    ) -> None:
        """Send one message; it uses up one consent. ConsentMissing if there is none."""
        body: dict[str, Any] = {
            "touser": openid,
            "template_id": template_id,
            "data": {name: {"value": value} for name, value in data.items()},
        }
        if page:
            body["page"] = page
        await self._authorised("/cgi-bin/message/subscribe/send", body)

    async def upload_shipping_info(self, upload: ShippingUpload) -> None:
        """Report that the goods of a payment were sent."""
        if not 1 <= len(upload.items) <= MAX_PARCELS:
            raise ValueError(f"a shipping upload names 1 to {MAX_PARCELS} parcels")
        body = {
            "order_key": {"order_number_type": 2, "transaction_id": upload.transaction_id},
            "logistics_type": 1,
            "delivery_mode": _UNIFIED if upload.complete and len(upload.items) == 1 else _SPLIT,
            "is_all_delivered": upload.complete,
            "shipping_list": [_parcel(item) for item in upload.items],
            "upload_time": upload.upload_time.astimezone(SHANGHAI).isoformat(timespec="milliseconds"),
            "payer": {"openid": upload.payer_openid},
        }
        await self._authorised("/wxa/sec/order/upload_shipping_info", body)

    async def access_token(self) -> str:
        """The token for interfaces that this class does not know."""
        return await self._token.get()

    async def _fetch_token(self) -> tuple[str, int]:
        # stable_token gives every process the same token; the older interface would end our neighbour's.
        body = {
            "grant_type": "client_credential",
            "appid": self._config.appid,
            "secret": self._config.secret,
            "force_refresh": False,
        }
        answer = await self._exchange("POST", "/cgi-bin/stable_token", {}, body)
        try:
            return parsing.text(answer, "access_token"), parsing.fen(answer, "expires_in")
        except ValueError as error:
            raise UntrustedAnswer(f"stable_token: {error}") from error

    async def _authorised(self, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Call with the token; a token that went stale is renewed once."""
        token = await self._token.get()
        try:
            return await self._exchange("POST", path, {"access_token": token}, body)
        except MiniProgramRefused as refused:
            if refused.errcode not in _STALE_TOKEN:
                raise
            self._token.forget(token)
        return await self._exchange("POST", path, {"access_token": await self._token.get()}, body)

    async def _exchange(
        self, method: str, path: str, query: Mapping[str, str], body: Mapping[str, Any] | None = None
    ) -> Mapping[str, Any]:
        # Chinese goes as it is: the platform shows \uXXXX escapes to the user in some messages.
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        url = self._config.base_url + path + (f"?{urlencode(query)}" if query else "")
        headers = {"Content-Type": "application/json"} if content else {}
        try:
            response = await self._http.request(
                method, url, content=content, headers=headers, timeout=self._config.timeout_s
            )
        except httpx.HTTPError as error:
            # The URL carries the secret or the token, so the error's text must not travel on.
            raise ProviderUnavailable(f"{path}: {type(error).__name__}") from None
        return _checked(path, response)


def _parcel(item: ShippingItem) -> dict[str, Any]:
    parcel: dict[str, Any] = {
        "tracking_no": item.tracking_no,
        "express_company": item.carrier_code,
        "item_desc": cut(item.description, 120),
    }
    if item.receiver_phone_masked:
        parcel["contact"] = {"receiver_contact": item.receiver_phone_masked}
    return parcel


def _checked(path: str, response: httpx.Response) -> Mapping[str, Any]:
    if response.status_code != 200:
        raise ProviderUnavailable(f"{path}: {response.status_code}")
    try:
        answer = parsing.json_object(response.content)
    except ValueError as error:
        raise UntrustedAnswer(f"{path}: {error}") from error
    errcode = answer.get("errcode", 0)
    if errcode == 0:
        return answer
    if errcode == _BUSY or not isinstance(errcode, int):
        raise ProviderUnavailable(f"{path}: {errcode} {answer.get('errmsg')}")
    kind = LoginCodeRefused if errcode in _BAD_CODE else MiniProgramRefused
    raise (ConsentMissing if errcode == _NO_CONSENT else kind)(errcode, str(answer.get("errmsg") or ""))
