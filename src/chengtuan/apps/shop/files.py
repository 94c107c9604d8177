"""The shop's files, and its document for every address of a page."""

from hashlib import blake2b
from pathlib import Path

from starlette.datastructures import Headers, QueryParams
from starlette.responses import RedirectResponse, Response
from starlette.types import Scope

from chengtuan.apps.files import ClientFiles
from chengtuan.apps.shop.build import BuildFolder
from chengtuan.apps.shop.head import Words, head_of
from chengtuan.apps.shop.links import Links
from chengtuan.kernel.languages import language_from
from chengtuan.platform.http.headers import ASK_AGAIN, PAGES
from chengtuan.platform.settings import Settings


class ShopSettings(Settings):
    """Where people find the shop."""

    public_url: str = "http://127.0.0.1:8000"


class ShopFiles(ClientFiles):
    """What has a dot in its name is a file; everything else is a page, or none: then the shop's own page says so.

    `apps/nginx.py` draws the same line.
    """

    def __init__(self, folder: Path, links: Links | None, origin: str) -> None:
        super().__init__(folder)
        self._builds = BuildFolder(folder)
        self._links = links
        self._origin = origin.rstrip("/")

    async def get_response(self, path: str, scope: Scope) -> Response:
        if scope["method"] not in ("GET", "HEAD") or "." in scope["path"]:
            return await super().get_response(path, scope)
        return await self._page(scope)

    async def _page(self, scope: Scope) -> Response:
        build, asked = self._builds.current(), Headers(scope=scope)
        page = build.page_at(scope["path"])
        if page and page.address != scope["path"]:
            return RedirectResponse(_with_query(page.address, scope), 308, {"Cache-Control": ASK_AGAIN})
        language = QueryParams(scope["query_string"]).get("lang", "")
        if language not in build.texts:
            language = language_from(asked.get("accept-language", ""))
        link = await self._links.find(page.name, page.subject) if self._links and page and page.subject else None
        words = Words(language, build.texts[language])
        body = build.with_head(
            language,
            head_of(page.name if page else None, scope["path"].rstrip("/") or "/", self._origin, words, link),
        ).encode()
        mark = f'W/"{blake2b(body, digest_size=12).hexdigest()}"'
        headers = {
            "Cache-Control": ASK_AGAIN,
            "Content-Security-Policy": PAGES,
            "ETag": mark,
            "Vary": "Accept-Language",
        }
        if page is None:
            return Response(body, 404, headers, "text/html")
        if mark in asked.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(body, 200, headers, "text/html")


def _with_query(address: str, scope: Scope) -> str:
    query = scope["query_string"].decode("latin-1")
    return f"{address}?{query}" if query else address
