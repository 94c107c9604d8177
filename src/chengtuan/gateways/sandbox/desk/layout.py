"""The frame around every page, and the small pieces of HTML that pages share."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from .wording import LANGUAGES, Wording, choose_language

_COOKIE = "sandbox_language"
_PAGES = (("/", "nav_home"), ("/sms", "nav_sms"), ("/messages", "nav_messages"), ("/ledger", "nav_ledger"))
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self';"
    " img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",  # with "no-referrer" browsers send the forms of these pages with `Origin: null`
    "Cache-Control": "no-store",
}
_GOOD = frozenset({"SUCCESS", "delivered"})
_BAD = frozenset({"ABNORMAL", "lost", "exhausted", "CLOSED"})


def wording_for(request: Request) -> Wording:
    """The page's language: its link, the remembered one, or the browser's."""
    chosen = request.query_params.get("lang") or request.cookies.get(_COOKIE)
    return Wording(choose_language(request.headers.get("accept-language", ""), chosen))


def page(request: Request, wording: Wording, title: str, body: str, *, status: int = 200) -> Response:
    """A page of the desk, with its navigation."""
    links = "".join(_nav_link(request, path, wording(key)) for path, key in _PAGES)
    header = (
        f'<header><a class="brand" href="/">成團 <span>{escape(wording("title"))}</span></a>'
        f"<nav>{links}</nav>{_languages(request, wording)}</header>"
    )
    return document(request, wording, title, f'{header}<main class="desk">{body}</main>', status=status)


def document(
    request: Request, wording: Wording, title: str, body: str, *, status: int = 200, head: str = ""
) -> Response:
    """A bare page; remembers the language if it was chosen by link."""
    html = (
        f'<!doctype html><html lang="{wording.language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)}</title><link rel="icon" href="data:,">'
        f'<link rel="stylesheet" href="/desk/style.css">{head}'
        f'<script src="/desk/desk.js" defer></script></head><body>{body}</body></html>'
    )
    response = HTMLResponse(html, status, _HEADERS)
    if request.query_params.get("lang") in LANGUAGES:
        response.set_cookie(_COOKIE, wording.language, samesite="lax", max_age=31_536_000)
    return response


def _nav_link(request: Request, path: str, label: str) -> str:
    here = ' aria-current="page"' if request.url.path == path else ""
    return f'<a href="{path}"{here}>{escape(label)}</a>'


def _languages(request: Request, wording: Wording) -> str:
    links = "".join(
        f'<a href="{escape(request.url.path)}?lang={tag}" lang="{tag}"'
        f"{' aria-current=true' if tag == wording.language else ''}>{name}</a>"
        for tag, name in LANGUAGES.items()
    )
    return f'<div class="languages" role="group" aria-label="{escape(wording("language"))}">{links}</div>'


def yuan(fen: int) -> str:
    return f"¥{fen // 100}.{fen % 100:02}"


def badge(wording: Wording, state: str) -> str:
    kind = "good" if state in _GOOD else "bad" if state in _BAD else "plain"
    return f'<span class="badge {kind}">{escape(wording(f"state_{state}"))}</span>'


def moment(text: Any) -> str:
    """A UTC time; the script shows it in the reader's zone."""
    return f'<time datetime="{escape(str(text))}">{escape(str(text))}</time>' if text else ""


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], *, empty: str) -> str:
    """A table of ready-made cells, or a sentence if there is nothing to show."""
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    if not body:
        return f'<p class="empty">{escape(empty)}</p>'
    head = "".join(f'<th scope="col">{escape(heading)}</th>' for heading in headings)
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def button(action: str, label: str, *, kind: str = "", **fields: str) -> str:
    """A form of one button."""
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in fields.items()
    )
    return (
        f'<form method="post" action="{escape(action)}">{hidden}<button class="{kind}">{escape(label)}</button></form>'
    )
