"""The control port: tell the sandbox to misbehave, move its watch, rotate its certificate."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from chengtuan.gateways.wechat import parsing

from .faults import Fault, FaultKind
from .platform_identity import SigningMode
from .refusals import Refusal
from .sandbox import Sandbox


class ControlApi:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def routes(self) -> list[Route]:
        return [
            Route("/control/faults", self._list, methods=["GET"]),
            Route("/control/faults", self._arm, methods=["POST"]),
            Route("/control/faults", self._clear, methods=["DELETE"]),
            Route("/control/clock-skew", self._skew, methods=["POST"]),
            Route("/control/rotate-certificate", self._rotate, methods=["POST"]),
            Route("/control/signing", self._signing, methods=["POST"]),
            Route("/control/deliver", self._deliver, methods=["POST"]),
            Route("/control/refunds/{number}/repair", self._repair, methods=["POST"]),
        ]

    async def _list(self, _request: Request) -> Response:
        return JSONResponse({"items": [_shown(fault) for fault in self._sandbox.faults.armed()]})

    async def _arm(self, request: Request) -> Response:
        try:
            body = parsing.json_object(await request.body())
            fault = self._sandbox.faults.arm(
                FaultKind(str(body.get("kind"))),
                times=int(body.get("times", 1)),
                seconds=float(body.get("seconds", 0)),
            )
        except (ValueError, TypeError) as error:
            return _bad(error)
        return JSONResponse(_shown(fault), 201)

    async def _clear(self, _request: Request) -> Response:
        self._sandbox.faults.clear()
        return Response(status_code=204)

    async def _skew(self, request: Request) -> Response:
        try:
            seconds = int(parsing.json_object(await request.body())["seconds"])
        except (ValueError, KeyError, TypeError) as error:
            return _bad(error)
        self._sandbox.time.set_skew(seconds)
        return JSONResponse({"seconds": seconds})

    async def _rotate(self, _request: Request) -> Response:
        return JSONResponse({"serial": self._sandbox.platform.rotate()})

    async def _signing(self, request: Request) -> Response:
        try:
            mode = SigningMode(parsing.text(parsing.json_object(await request.body()), "mode"))
        except ValueError as error:
            return _bad(error)
        self._sandbox.use_signing(mode)
        return JSONResponse({"mode": mode})

    async def _deliver(self, _request: Request) -> Response:
        return JSONResponse({"attempts": await self._sandbox.deliver_due()})

    async def _repair(self, request: Request) -> Response:
        try:
            self._sandbox.refunds.repair(request.path_params["number"])
        except Refusal as refused:
            return _bad(refused)
        self._sandbox.wake()
        return Response(status_code=204)


def _shown(fault: Fault) -> dict[str, Any]:
    return {"id": fault.id, "kind": fault.kind, "times": fault.times, "seconds": fault.seconds}


def _bad(error: Exception) -> Response:
    return JSONResponse({"code": "bad_request", "message": str(error)}, 400)
