"""The H5 cashier: what a browser sees between the shop's "pay" and its result page."""

from html import escape
from urllib.parse import parse_qs, quote, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from chengtuan.gateways.sandbox.sandbox import Sandbox
from chengtuan.gateways.sandbox.store import Row
from chengtuan.gateways.sandbox.trades import PayResult, result_of

from .layout import document, wording_for, yuan
from .wording import Wording

_RESULTS = frozenset({*PayResult, "cancelled"})
_BACK_AFTER_S = 2


class Cashier:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def routes(self) -> list[Route]:
        return [
            Route("/cashier/{prepay_id}", self._show, methods=["GET"]),
            Route("/cashier/{prepay_id}/pay", self._pay, methods=["POST"]),
            Route("/cashier/{prepay_id}/cancel", self._cancel, methods=["POST"]),
            Route("/cashier/{prepay_id}/result", self._result, methods=["GET"]),
        ]

    async def _show(self, request: Request) -> Response:
        trade, wording = self._trade(request), wording_for(request)
        if trade is None:
            return self._missing(request, wording)
        target = self._allowed(trade, request.query_params.get("redirect_url"))
        if trade["state"] != "NOTPAY":
            return RedirectResponse(_result_url(trade, result_of(trade), target), 303)
        return document(request, wording, wording("cashier_title"), _checkout(trade, wording, target))

    async def _pay(self, request: Request) -> Response:
        trade = self._trade(request)
        if trade is None:
            return self._missing(request, wording_for(request))
        target = self._allowed(trade, await _form_value(request, "redirect_url"))
        result = self._sandbox.trades.pay(trade)
        self._sandbox.wake()
        return RedirectResponse(_result_url(trade, result, target), 303)

    async def _cancel(self, request: Request) -> Response:
        trade = self._trade(request)
        if trade is None:
            return self._missing(request, wording_for(request))
        target = self._allowed(trade, await _form_value(request, "redirect_url"))
        return RedirectResponse(target or _result_url(trade, "cancelled", None), 303)

    async def _result(self, request: Request) -> Response:
        trade, wording = self._trade(request), wording_for(request)
        result = request.query_params.get("result", "")
        if trade is None or result not in _RESULTS:
            return self._missing(request, wording)
        target = self._allowed(trade, request.query_params.get("redirect_url"))
        # A refusal is not the end: the payer may try again, so nobody is sent away.
        leave = target is not None and result != PayResult.REFUSED
        refresh = f'<meta http-equiv="refresh" content="{_BACK_AFTER_S};url={escape(target or "")}">'
        body = _outcome(trade, wording, result, target, leaving=leave)
        title = wording("cashier_title")
        return document(request, wording, title, body, head=refresh if leave else "")

    def _trade(self, request: Request) -> Row | None:
        return self._sandbox.trades.find_prepaid(request.path_params["prepay_id"])

    @staticmethod
    def _missing(request: Request, wording: Wording) -> Response:
        body = f'<main class="cashier"><h1>{escape(wording("not_found"))}</h1></main>'
        return document(request, wording, wording("cashier_title"), body, status=404)

    def _allowed(self, trade: Row, url: str | None) -> str | None:
        """The address to return to, if it is the shop's; a cashier that leads anywhere helps phishers."""
        if not url or any(sign <= " " or sign == "\\" for sign in url):
            return None
        parts, notify = urlsplit(url), urlsplit(trade["notify_url"])
        if parts.scheme not in ("http", "https"):
            return None
        origins = {*self._sandbox.settings.shop_origins, f"{notify.scheme}://{notify.netloc}"}
        return url if f"{parts.scheme}://{parts.netloc}" in origins else None


def _checkout(trade: Row, wording: Wording, target: str | None) -> str:
    base = f"/cashier/{escape(trade['prepay_id'])}"
    back = f'<input type="hidden" name="redirect_url" value="{escape(target or "")}">'
    return (
        f'<main class="cashier"><p class="ribbon">{escape(wording("sandbox_note"))}</p>'
        f'<div class="shop" aria-hidden="true">團</div><p class="payee">{escape(wording("shop_name"))}</p>'
        f'<p class="amount">{yuan(trade["amount_fen"])}</p>'
        f"<dl><dt>{escape(wording('merchant'))}</dt><dd>{escape(wording('shop_name'))}</dd>"
        f"<dt>{escape(wording('goods'))}</dt><dd>{escape(trade['description'])}</dd>"
        f"<dt>{escape(wording('order_no'))}</dt><dd><code>{escape(trade['out_trade_no'])}</code></dd></dl>"
        f'<form method="post" action="{base}/pay">{back}'
        f'<button class="pay" id="pay">{escape(wording("pay_button"))}</button></form>'
        f'<form method="post" action="{base}/cancel">{back}'
        f'<button class="cancel" id="cancel">{escape(wording("cancel_button"))}</button></form></main>'
    )


def _outcome(trade: Row, wording: Wording, result: str, target: str | None, *, leaving: bool) -> str:
    good = result == PayResult.PAID
    sign = "✓" if good else "…" if result == PayResult.PENDING else "!"
    link = f'<a class="button" id="back" href="{escape(target or "")}">{escape(wording("back_to_shop"))}</a>'
    again = f"/cashier/{escape(trade['prepay_id'])}" + (f"?redirect_url={quote(target, safe='')}" if target else "")
    retry = f'<a class="pay button" href="{escape(again)}">{escape(wording("try_again"))}</a>'
    return (
        f'<main class="cashier outcome" data-result="{escape(result)}">'
        f'<p class="sign {"good" if good else "plain"}" aria-hidden="true">{sign}</p>'
        f'<h1 role="status">{escape(wording(f"result_{result}"))}</h1>'
        f'<p class="amount">{yuan(trade["amount_fen"])}</p>'
        f"{retry if result == PayResult.REFUSED else ''}"
        f'<p class="note">{escape(wording("returning")) if leaving else ""}</p>'
        f"{link if target else '<p>' + escape(wording('no_return')) + '</p>'}</main>"
    )


def _result_url(trade: Row, result: str, target: str | None) -> str:
    back = f"&redirect_url={quote(target, safe='')}" if target else ""
    return f"/cashier/{trade['prepay_id']}/result?result={result}{back}"


async def _form_value(request: Request, name: str) -> str | None:
    form = parse_qs((await request.body()).decode(errors="replace"))
    return form.get(name, [None])[0]
