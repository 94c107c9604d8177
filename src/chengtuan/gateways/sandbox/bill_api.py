"""Bills over HTTP: announced like everything else, fetched with a signed request and an unsigned answer."""

from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from chengtuan.gateways.wechat import parsing

from .bills import Bills, Plant, PlantKind, read_day
from .pay_api import Body, PayApi
from .refusals import Refusal, bad_parameter
from .sandbox import Sandbox


class BillApi:
    def __init__(self, sandbox: Sandbox, pay_api: PayApi) -> None:
        self._sandbox = sandbox
        self._pay_api = pay_api
        self._bills = Bills(sandbox.store, sandbox.time, sandbox.credentials)

    def routes(self) -> list[Route]:
        differences = "/control/bills/{day}/differences"
        return [
            self._pay_api.route("GET", "/v3/bill/tradebill", self._announce),
            Route("/v3/billdownload/file", self._fetch, methods=["GET"]),
            Route(differences, self._list, methods=["GET"]),
            Route(differences, self._plant, methods=["POST"]),
            Route(differences, self._mend, methods=["DELETE"]),
        ]

    async def _announce(self, request: Request, _body: Body) -> Body:
        asked = request.query_params
        if asked.get("bill_type", "ALL") != "ALL" or asked.get("tar_type") != "GZIP":
            raise bad_parameter("this stand-in writes bills of the type ALL, packed with GZIP")
        link_base = str(request.base_url).rstrip("/")
        return dict(self._bills.announce(read_day(asked.get("bill_date")), link_base))

    async def _fetch(self, request: Request) -> Response:
        try:
            self._pay_api.admit(request, await request.body())
            content = self._bills.fetch(request.query_params.get("token", ""))
        except Refusal as refused:
            return JSONResponse({"code": refused.code, "message": refused.message}, refused.status)
        return Response(content, media_type="application/octet-stream")

    async def _list(self, request: Request) -> Response:
        return self._answer(request, lambda day: {"items": [asdict(plant) for plant in self._bills.plants(day)]})

    async def _plant(self, request: Request) -> Response:
        try:
            body = parsing.json_object(await request.body())
            plant = Plant(**body | {"kind": PlantKind(str(body.get("kind")))})
        except (ValueError, TypeError) as error:
            return JSONResponse({"code": "bad_request", "message": str(error)}, 400)
        return self._answer(request, lambda day: self._bills.plant(day, plant))

    async def _mend(self, request: Request) -> Response:
        return self._answer(request, self._bills.mend)

    @staticmethod
    def _answer(request: Request, act: Any) -> Response:
        try:
            answer = act(read_day(request.path_params["day"]))
        except Refusal as refused:
            return JSONResponse({"code": "bad_request", "message": refused.message}, 400)
        return Response(status_code=204) if answer is None else JSONResponse(answer)
