"""WeChat Pay v3 over HTTP: every request verified, every answer signed, the refusals too."""

import json
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chengtuan.gateways.wechat import parsing
from chengtuan.gateways.wechat.signatures import seal

from .certificates import VALID_FOR, VALID_FROM
from .faults import FaultKind
from .refusals import Refusal, bad_parameter
from .sandbox import Sandbox
from .sandbox_time import wire_time
from .trades import read_order

Body = dict[str, Any]
Handler = Callable[[Request, Body], Awaitable[Body | None]]


class PayApi:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def routes(self) -> list[Route]:
        trade, refund = "/v3/pay/transactions", "/v3/refund/domestic/refunds"
        return [
            self.route("GET", "/v3/certificates", self._certificates),
            self.route("POST", f"{trade}/jsapi", self._jsapi),
            self.route("POST", f"{trade}/h5", self._h5),
            self.route("GET", f"{trade}/out-trade-no/{{number}}", self._query),
            self.route("GET", f"{trade}/id/{{number}}", self._query_by_id),
            self.route("POST", f"{trade}/out-trade-no/{{number}}/close", self._close),
            self.route("POST", refund, self._refund),
            self.route("GET", f"{refund}/{{number}}", self._query_refund),
        ]

    def route(self, method: str, path: str, handler: Handler) -> Route:
        """A route that checks the request's signature and signs its answer."""

        async def endpoint(request: Request) -> Response:
            raw = await request.body()
            try:
                status, answer = await self._answer(request, raw, handler)
            except Refusal as refused:
                status, answer = refused.status, {"code": refused.code, "message": refused.message}
            return self._signed(request, status, answer)

        return Route(path, endpoint, methods=[method])

    async def _answer(self, request: Request, raw: bytes, handler: Handler) -> tuple[int, Body | None]:
        self.admit(request, raw)
        try:
            body = parsing.json_object(raw) if raw else {}
        except ValueError as error:
            raise bad_parameter("the body is no JSON object") from error
        answer = await handler(request, body)
        if self._sandbox.faults.take(FaultKind.API_500_AFTER):
            raise Refusal(500, "SYSTEM_ERROR", "the system is busy")
        return (200, answer) if answer is not None else (204, None)

    def admit(self, request: Request, raw: bytes) -> None:
        """Let a request of our merchant in. Refusal."""
        if self._sandbox.faults.take(FaultKind.API_500):
            raise Refusal(500, "SYSTEM_ERROR", "the system is busy")
        if self._sandbox.faults.take(FaultKind.API_FREQUENCY_LIMITED):
            raise Refusal(429, "FREQUENCY_LIMITED", "too fast")
        target: bytes = request.scope["raw_path"].partition(b"?")[0]
        if query := request.scope["query_string"]:
            target += b"?" + query
        authorization = request.headers.get("authorization", "")
        self._sandbox.gate.check(authorization, method=request.method, target=target, body=raw)

    def _signed(self, request: Request, status: int, answer: Body | None) -> Response:
        body = b"" if answer is None else json.dumps(answer, ensure_ascii=False).encode()
        bad = self._sandbox.faults.take(FaultKind.API_BAD_SIGNATURE)
        headers = self._sandbox.platform.headers(
            body + b" " if bad else body,
            timestamp=self._sandbox.time.stamp(),
            asked_serial=request.headers.get("wechatpay-serial", ""),
        )
        media_type = "application/json" if body else None
        return Response(body, status, {**headers, "Request-ID": secrets.token_hex(16)}, media_type)

    async def _certificates(self, _request: Request, _body: Body) -> Body:
        """The two newest: around a rotation the older one still has to verify what is on its way."""
        own = self._sandbox.credentials
        listed = []
        for certificate in self._sandbox.platform.certificates[-2:]:
            sealed = seal(
                own.api_v3_key,
                certificate.pem.encode(),
                nonce=secrets.token_hex(6),
                associated_data="certificate",
            )
            listed.append(
                {
                    "serial_no": certificate.serial,
                    "effective_time": wire_time(VALID_FROM.timestamp()),
                    "expire_time": wire_time((VALID_FROM + VALID_FOR).timestamp()),
                    "encrypt_certificate": {
                        "algorithm": "AEAD_AES_256_GCM",
                        "nonce": sealed.nonce,
                        "associated_data": sealed.associated_data,
                        "ciphertext": sealed.ciphertext,
                    },
                }
            )
        return {"data": listed}

    async def _jsapi(self, _request: Request, body: Body) -> Body:
        order = read_order(body, "JSAPI", self._sandbox.credentials)
        return {"prepay_id": self._sandbox.trades.announce(order)}

    async def _h5(self, _request: Request, body: Body) -> Body:
        order = read_order(body, "MWEB", self._sandbox.credentials)
        prepay_id = self._sandbox.trades.announce(order)
        return {"h5_url": f"{self._sandbox.settings.public_url}/cashier/{prepay_id}?package=sandbox"}

    async def _query(self, request: Request, _body: Body) -> Body:
        self._check_merchant(request.query_params.get("mchid"))
        return self._sandbox.trades.wire(self._sandbox.trades.get(request.path_params["number"]))

    async def _query_by_id(self, request: Request, _body: Body) -> Body:
        self._check_merchant(request.query_params.get("mchid"))
        number = request.path_params["number"]
        return self._sandbox.trades.wire(self._sandbox.trades.get_by_transaction(number))

    async def _close(self, request: Request, body: Body) -> None:
        self._check_merchant(body.get("mchid"))
        self._sandbox.trades.close(request.path_params["number"])

    async def _refund(self, _request: Request, body: Body) -> Body:
        refund, overtaking = self._sandbox.refunds.accept(body)
        if overtaking is not None:
            await self._sandbox.courier.deliver(overtaking)
        self._sandbox.wake()
        return self._sandbox.refunds.wire(refund)

    async def _query_refund(self, request: Request, _body: Body) -> Body:
        return self._sandbox.refunds.wire(self._sandbox.refunds.get(request.path_params["number"]))

    def _check_merchant(self, mchid: object) -> None:
        if mchid != self._sandbox.credentials.mchid:
            raise bad_parameter("the mchid is missing or another's")
