"""The ledger's page: what was paid and refunded, what was told, and how to make it go wrong."""

from html import escape
from typing import Any

from chengtuan.gateways.sandbox.faults import FaultKind
from chengtuan.gateways.sandbox.ledger_view import notices, refunds, trades
from chengtuan.gateways.sandbox.platform_identity import SigningMode
from chengtuan.gateways.sandbox.sandbox import Sandbox

from .layout import badge, button, moment, table, yuan
from .wording import Wording

_SHOWN = 50


def ledger_page(sandbox: Sandbox, wording: Wording) -> str:
    return (
        f"{_misbehave(sandbox, wording)}"
        f'<div id="ledger" data-live>{_armed(sandbox, wording)}{_trades(sandbox, wording)}'
        f"{_refunds(sandbox, wording)}{_notices(sandbox, wording)}</div>"
    )


def _misbehave(sandbox: Sandbox, wording: Wording) -> str:
    kinds = "".join(f'<option value="{kind}">{escape(wording(f"fault_{kind}"))}</option>' for kind in FaultKind)
    modes = "".join(
        f'<option value="{mode}"{" selected" if mode is sandbox.platform.mode else ""}>'
        f"{escape(wording(f'signing_{mode}'))}</option>"
        for mode in SigningMode
    )
    return (
        f'<section class="card"><h2>{escape(wording("misbehave_title"))}</h2>'
        f"<p>{escape(wording('misbehave_hint'))}</p>"
        '<form class="row" method="post" action="/desk/arm">'
        f'<label>{escape(wording("fault"))} <select name="kind">{kinds}</select></label>'
        f'<label>{escape(wording("seconds"))} <input name="seconds" type="number" min="0" value="30"></label>'
        f'<label>{escape(wording("times"))} <input name="times" type="number" min="1" value="1"></label>'
        f'<button class="primary">{escape(wording("arm"))}</button></form>'
        '<div class="row"><form class="row" method="post" action="/desk/signing">'
        f'<label>{escape(wording("signing"))} <select name="mode">{modes}</select></label>'
        f"<button>{escape(wording('apply'))}</button></form>"
        f"{button('/desk/deliver', wording('deliver'))}{button('/desk/rotate', wording('rotate'))}"
        "</div></section>"
    )


def _armed(sandbox: Sandbox, wording: Wording) -> str:
    armed = sandbox.faults.armed()
    if not armed:
        return ""
    items = "".join(
        f"<li>{escape(wording(f'fault_{fault.kind}'))} × {fault.times} · {fault.seconds:g} s</li>" for fault in armed
    )
    return (
        f'<section class="card alert"><h2>{escape(wording("armed"))}</h2><ul>{items}</ul>'
        f"{button('/desk/clear', wording('clear'))}</section>"
    )


def _trades(sandbox: Sandbox, wording: Wording) -> str:
    keys = ("order_no", "description", "amount", "refunded", "state", "time")
    rows = [_trade_row(item, wording) for item in trades(sandbox.store, limit=_SHOWN)]
    body = table([*(wording(key) for key in keys), ""], rows, empty=wording("trades_empty"))
    return f'<section class="card"><h2>{escape(wording("trades_title"))}</h2>{body}</section>'


def _trade_row(item: dict[str, Any], wording: Wording) -> list[str]:
    unpaid = item["state"] == "NOTPAY"
    pay = button("/desk/pay", wording("action_pay"), kind="primary", out_trade_no=item["out_trade_no"])
    return [
        f"<code>{escape(item['out_trade_no'])}</code> <small>{escape(item['trade_type'])}</small>",
        escape(item["description"]),
        yuan(item["amount_fen"]),
        yuan(item["refunded_fen"]) if item["refunded_fen"] else "",
        badge(wording, item["state"]),
        moment(item["success_time"] or item["created_at"]),
        pay if unpaid else "",
    ]


def _refunds(sandbox: Sandbox, wording: Wording) -> str:
    keys = ("refund_no", "order_no", "amount", "description", "state", "time")
    rows = [_refund_row(item, wording) for item in refunds(sandbox.store, limit=_SHOWN)]
    body = table([*(wording(key) for key in keys), ""], rows, empty=wording("refunds_empty"))
    return f'<section class="card"><h2>{escape(wording("refunds_title"))}</h2>{body}</section>'


def _refund_row(item: dict[str, Any], wording: Wording) -> list[str]:
    number = item["out_refund_no"]
    repair = button("/desk/repair", wording("action_repair"), out_refund_no=number)
    return [
        f"<code>{escape(number)}</code>",
        f"<code>{escape(item['out_trade_no'])}</code>",
        yuan(item["amount_fen"]),
        escape(item["reason"]),
        badge(wording, item["status"]),
        moment(item["success_time"] or item["created_at"]),
        repair if item["status"] == "ABNORMAL" else "",
    ]


def _notices(sandbox: Sandbox, wording: Wording) -> str:
    keys = ("event", "order_no", "state", "attempts", "answer", "time")
    rows = [
        [
            escape(item["event_type"]),
            f"<code>{escape(item['subject'])}</code>",
            badge(wording, item["status"]),
            str(item["attempts"]),
            escape(item["last_answer"] or ""),
            moment(item["created_at"]),
        ]
        for item in notices(sandbox.store, limit=_SHOWN)
    ]
    body = table([wording(key) for key in keys], rows, empty=wording("notices_empty"))
    return f'<section class="card"><h2>{escape(wording("notices_title"))}</h2>{body}</section>'
