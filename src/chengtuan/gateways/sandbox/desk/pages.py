"""The desk's routes: pages to read, and the forms on them."""

from importlib.resources import files
from urllib.parse import parse_qs, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from chengtuan.gateways.sandbox.faults import FaultKind
from chengtuan.gateways.sandbox.platform_identity import SigningMode
from chengtuan.gateways.sandbox.refusals import Refusal
from chengtuan.gateways.sandbox.sandbox import Sandbox

from .cashier import Cashier
from .inbox_pages import home_page, messages_page, sms_page
from .layout import page, wording_for
from .ledger_page import ledger_page

_ASSETS = {"style.css": "text/css", "desk.js": "text/javascript"}


class Desk:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def routes(self) -> list[Route]:
        return [
            Route("/", self._home, methods=["GET"]),
            Route("/sms", self._sms, methods=["GET"]),
            Route("/messages", self._messages, methods=["GET"]),
            Route("/ledger", self._ledger, methods=["GET"]),
            *(Route(f"/desk/{name}", self._asset, methods=["GET"]) for name in _ASSETS),
            *(
                Route(f"/desk/{name}", self._act, methods=["POST"], name=name)
                for name in ("arm", "clear", "deliver", "rotate", "signing", "pay", "repair")
            ),
            *Cashier(self._sandbox).routes(),
        ]

    async def _home(self, request: Request) -> Response:
        wording = wording_for(request)
        return page(request, wording, wording("title"), home_page(wording))

    async def _sms(self, request: Request) -> Response:
        wording = wording_for(request)
        body = sms_page(self._sandbox, wording, request.query_params.get("phone"))
        return page(request, wording, wording("sms_title"), body)

    async def _messages(self, request: Request) -> Response:
        wording = wording_for(request)
        return page(request, wording, wording("messages_title"), messages_page(self._sandbox, wording))

    async def _ledger(self, request: Request) -> Response:
        wording = wording_for(request)
        return page(request, wording, wording("nav_ledger"), ledger_page(self._sandbox, wording))

    async def _asset(self, request: Request) -> Response:
        name = request.url.path.rpartition("/")[2]
        content = files(__package__).joinpath(name).read_bytes()
        return Response(content, media_type=_ASSETS[name], headers={"Cache-Control": "max-age=300"})

    async def _act(self, request: Request) -> Response:
        """A form of the ledger's page. Other sites' forms are refused."""
        origin = request.headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
            return Response("another site's form", 403)
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        try:
            await self._do(request.url.path.rpartition("/")[2], form)
        except (ValueError, KeyError, Refusal) as error:
            return Response(str(error), 400)
        self._sandbox.wake()
        return RedirectResponse("/ledger", 303)

    async def _do(self, action: str, form: dict[str, str]) -> None:
        sandbox = self._sandbox
        match action:
            case "arm":
                times, seconds = max(1, int(form["times"])), max(0.0, float(form["seconds"]))
                sandbox.faults.arm(FaultKind(form["kind"]), times=times, seconds=seconds)
            case "clear":
                sandbox.faults.clear()
            case "deliver":
                await sandbox.deliver_due()
            case "rotate":
                sandbox.platform.rotate()
            case "signing":
                sandbox.use_signing(SigningMode(form["mode"]))
            case "pay":
                sandbox.trades.pay(sandbox.trades.get(form["out_trade_no"]))
            case "repair":
                sandbox.refunds.repair(form["out_refund_no"])
            case _:
                raise ValueError(action)
