"""The desk's JSON: what a person does on its pages, for tests and for the mini-program runner."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from chengtuan.gateways.wechat import parsing

from .ledger_view import messages, notices, refunds, trades
from .sandbox import Sandbox


class DeskApi:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def routes(self) -> list[Route]:
        return [
            Route("/desk/api/sms", self._sms, methods=["GET"]),
            Route("/desk/api/messages", self._messages, methods=["GET"]),
            Route("/desk/api/ledger", self._ledger, methods=["GET"]),
            Route("/desk/api/pay", self._pay, methods=["POST"]),
            Route("/desk/api/login-code", self._login_code, methods=["POST"]),
            Route("/desk/api/phone-code", self._phone_code, methods=["POST"]),
            Route("/desk/api/subscriptions", self._subscribe, methods=["POST"]),
        ]

    async def _sms(self, request: Request) -> Response:
        return JSONResponse({"items": self._sandbox.sms.newest(request.query_params.get("phone"))})

    async def _messages(self, _request: Request) -> Response:
        return JSONResponse({"items": messages(self._sandbox.store)})

    async def _ledger(self, request: Request) -> Response:
        store = self._sandbox.store
        number = request.query_params.get("out_trade_no")
        return JSONResponse(
            {
                "trades": trades(store, number, limit=10_000),
                "refunds": refunds(store, number, limit=10_000),
                "notices": notices(store, limit=1_000),
            }
        )

    async def _pay(self, request: Request) -> Response:
        body = await _object(request)
        trades_ = self._sandbox.trades
        prepay_id, number = body.get("prepay_id"), body.get("out_trade_no")
        trade = trades_.find_prepaid(str(prepay_id)) if prepay_id else trades_.find(str(number))
        if trade is None:
            return JSONResponse({"code": "not_found", "message": "there is no such order"}, 404)
        result = trades_.pay(trade)
        self._sandbox.wake()
        after = trades_.get(trade["out_trade_no"])
        names = ("out_trade_no", "state", "transaction_id")
        return JSONResponse({"result": result, **{name: after[name] for name in names}})

    async def _login_code(self, request: Request) -> Response:
        nickname = _named(await _object(request), "nickname")
        if nickname is None:
            return _missing("nickname")
        code = self._sandbox.mini.issue_code("login", nickname)
        return JSONResponse({"code": code, "openid": self._sandbox.mini.openid(nickname)})

    async def _phone_code(self, request: Request) -> Response:
        phone = _named(await _object(request), "phone")
        if phone is None:
            return _missing("phone")
        return JSONResponse({"code": self._sandbox.mini.issue_code("phone", phone)})

    async def _subscribe(self, request: Request) -> Response:
        body = await _object(request)
        nickname = _named(body, "nickname")
        openid = self._sandbox.mini.openid(nickname) if nickname else _named(body, "openid")
        if openid is None:
            return _missing("openid")
        wanted = [str(template_id) for template_id in body.get("template_ids") or []]
        self._sandbox.mini.allow(openid, wanted)
        return JSONResponse({"openid": openid, "accepted": wanted})


async def _object(request: Request) -> dict[str, Any]:
    try:
        return parsing.json_object(await request.body())
    except (ValueError, json.JSONDecodeError):
        return {}


def _named(body: dict[str, Any], name: str) -> str | None:
    value = body.get(name)
    return value if isinstance(value, str) and value else None


def _missing(name: str) -> Response:
    return JSONResponse({"code": "bad_request", "message": f"{name} is missing"}, 400)
