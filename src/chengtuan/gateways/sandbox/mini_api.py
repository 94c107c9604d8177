"""The mini-program server interfaces over HTTP. A refusal has status 200 and an errcode, as over there."""

import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from chengtuan.gateways.wechat import parsing

from .faults import FaultKind
from .mini_accounts import MiniRefusal
from .sandbox import Sandbox

Body = dict[str, Any]
Handler = Callable[[Request, Body], Awaitable[Body]]


class MiniApi:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def routes(self) -> list[Route]:
        return [
            self._route("GET", "/sns/jscode2session", self._code2session),
            self._route("POST", "/cgi-bin/stable_token", self._stable_token),
            self._route("POST", "/wxa/business/getuserphonenumber", self._phone_number, token=True),
            self._route("POST", "/cgi-bin/message/subscribe/send", self._send, token=True),
            self._route("POST", "/wxa/sec/order/upload_shipping_info", self._shipping, token=True),
        ]

    def _route(self, method: str, path: str, handler: Handler, *, token: bool = False) -> Route:
        async def endpoint(request: Request) -> Response:
            raw = await request.body()
            if self._sandbox.faults.take(FaultKind.MINI_500):
                return JSONResponse({"errcode": -1, "errmsg": "system error"}, 500)
            try:
                if token:
                    self._check_token(request)
                body = parsing.json_object(raw) if raw else {}
                answer = await handler(request, body)
            except ValueError:
                answer = {"errcode": 47001, "errmsg": "data format error"}
            except MiniRefusal as refused:
                answer = {"errcode": refused.errcode, "errmsg": refused.errmsg}
            return JSONResponse(answer)

        return Route(path, endpoint, methods=[method])

    def _check_token(self, request: Request) -> None:
        if self._sandbox.faults.take(FaultKind.MINI_STALE_TOKEN):
            self._sandbox.mini.token(fresh=True)
        self._sandbox.mini.check_token(request.query_params.get("access_token", ""))

    async def _code2session(self, request: Request, _body: Body) -> Body:
        query = request.query_params
        self._sandbox.mini.check_secret(query.get("appid"), query.get("secret"))
        if query.get("grant_type") != "authorization_code":
            raise MiniRefusal(40002, "invalid grant_type")
        nickname = self._sandbox.mini.redeem_code("login", query.get("js_code", ""))
        return {"openid": self._sandbox.mini.openid(nickname), "session_key": secrets.token_urlsafe(18)}

    async def _stable_token(self, _request: Request, body: Body) -> Body:
        self._sandbox.mini.check_secret(body.get("appid"), body.get("secret"))
        if body.get("grant_type") != "client_credential":
            raise MiniRefusal(40002, "invalid grant_type")
        token, lifetime_s = self._sandbox.mini.token(fresh=body.get("force_refresh") is True)
        return {"access_token": token, "expires_in": lifetime_s}

    async def _phone_number(self, _request: Request, body: Body) -> Body:
        phone = self._sandbox.mini.redeem_code("phone", str(body.get("code")))
        country, national = _split(phone)
        found = {
            "phoneNumber": national if country == "86" else phone,
            "purePhoneNumber": national,
            "countryCode": country,
            "watermark": {
                "timestamp": self._sandbox.time.stamp(),
                "appid": self._sandbox.credentials.appid,
            },
        }
        return {"errcode": 0, "errmsg": "ok", "phone_info": found}

    async def _send(self, _request: Request, body: Body) -> Body:
        self._sandbox.mini.send(body)
        return {"errcode": 0, "errmsg": "ok"}

    async def _shipping(self, _request: Request, body: Body) -> Body:
        self._sandbox.mini.upload_shipping(body)
        return {"errcode": 0, "errmsg": "ok"}


def _split(phone: str) -> tuple[str, str]:
    """Country code and national number; a bare number is from the mainland."""
    for country in ("886", "852", "853", "86"):
        if phone.startswith(f"+{country}"):
            return country, phone.removeprefix(f"+{country}")
    return "86", phone
