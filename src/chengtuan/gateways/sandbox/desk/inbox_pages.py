"""The home page, the SMS inbox and the log of subscribe messages."""

from html import escape
from typing import Any

from chengtuan.gateways.sandbox.ledger_view import messages
from chengtuan.gateways.sandbox.sandbox import Sandbox

from .layout import moment, table
from .wording import Wording


def home_page(wording: Wording) -> str:
    cards = "".join(
        f'<a class="card link" href="/{name}"><h2>{escape(wording(f"nav_{name}"))}</h2>'
        f"<p>{escape(wording(f'home_{name}'))}</p></a>"
        for name in ("sms", "messages", "ledger")
    )
    return (
        f'<h1>{escape(wording("title"))}</h1><p class="lead">{escape(wording("home_lead"))}</p>'
        f'<div class="cards">{cards}</div><p>{escape(wording("home_cashier"))}</p>'
        f'<p>{escape(wording("home_how"))}</p><p class="note">{escape(wording("home_limits"))}</p>'
    )


def sms_page(sandbox: Sandbox, wording: Wording, phone: str | None) -> str:
    items = "".join(_sms(item, wording) for item in sandbox.sms.newest(phone))
    shown = items or f'<p class="empty">{escape(wording("sms_empty"))}</p>'
    return (
        f"<h1>{escape(wording('sms_title'))}</h1>"
        f'<p class="note live">{escape(wording("live"))}</p><div id="inbox" data-live>{shown}</div>'
    )


def _sms(item: dict[str, Any], wording: Wording) -> str:
    code = str(item["code"] or "")
    big = (
        f'<p class="code"><output>{escape(code)}</output>'
        f'<button type="button" data-copy="{escape(code)}" data-done="{escape(wording("copied"))}">'
        f"{escape(wording('copy'))}</button></p>"
        if code
        else ""
    )
    return (
        f'<article class="card sms" data-phone="{escape(item["phone"])}"><p><strong>{escape(item["phone"])}'
        f"</strong> {moment(item['sent_at'])}</p>{big}<p>{escape(item['text'])}</p></article>"
    )


def messages_page(sandbox: Sandbox, wording: Wording) -> str:
    rows = [
        [
            f"<code>{escape(item['openid'])}</code>",
            f"<code>{escape(item['template_id'])}</code>",
            "<br>".join(f"{escape(name)}: {escape(value)}" for name, value in item["data"].items()),
            moment(item["sent_at"]),
        ]
        for item in messages(sandbox.store)
    ]
    headings = [wording(key) for key in ("receiver", "template", "content", "time")]
    body = table(headings, rows, empty=wording("messages_empty"))
    return f'<h1>{escape(wording("messages_title"))}</h1><div class="card" id="messages" data-live>{body}</div>'
