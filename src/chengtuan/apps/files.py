"""Pictures and the built clients, as this process serves them where no web server does.

`apps/nginx.py` says the same to a web server; a test asks both.
"""

import os
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import (
    FileResponse,
    MalformedRangeHeader,
    RangeNotSatisfiable,
    RedirectResponse,
    Response,
)
from starlette.routing import Match, Mount
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Scope

from chengtuan.platform.http.headers import ASK_AGAIN, FOR_AN_HOUR, IMMUTABLE, PAGES

_PACKED = (("br", ".br"), ("gzip", ".gz"))
"""By preference: the coding's name, and how the file beside is called."""
CONSOLE = "/console/"
UPLOADS = "uploads"
ASSETS = "assets"


class _File(FileResponse):
    """A part that the file does not have is refused as everything is; what is no range is passed over (RFC 9110)."""

    @classmethod
    def _parse_range_header(cls, http_range: str, file_size: int) -> list[tuple[int, int]]:
        try:
            return super()._parse_range_header(http_range, file_size)
        except MalformedRangeHeader:
            return []
        except RangeNotSatisfiable as error:
            raise HTTPException(416, headers={"Content-Range": f"bytes */{error.max_size}"}) from error


class _Files(StaticFiles, ABC):
    """Never a file whose name begins with a dot, nor one in such a folder: those are not for visitors."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        if any(part.startswith(".") and part != "." for part in PurePosixPath(path).parts):
            raise HTTPException(404)
        return await super().get_response(path, scope)

    @abstractmethod
    def headers_of(self, path: PurePosixPath) -> dict[str, str]: ...

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        path = Path(full_path)
        asked = Headers(scope=scope)
        headers = self.headers_of(PurePosixPath(path.relative_to(Path(str(self.directory)).resolve())))
        served, served_stat = path, stat_result
        packed = [(coding, path.with_name(path.name + ending)) for coding, ending in _PACKED]
        packed = [(coding, file) for coding, file in packed if file.is_file()]
        if packed:
            headers["Vary"] = "Accept-Encoding"
        for coding, file in packed:
            if _accepts(asked.get("accept-encoding", ""), coding):
                headers["Content-Encoding"] = coding
                served, served_stat = file, file.stat()
                break
        kind = FileResponse(path).media_type
        response = _File(served, status_code, headers, media_type=kind, stat_result=served_stat)
        if self.is_not_modified(response.headers, asked):
            unchanged = NotModifiedResponse(response.headers)
            # a browser takes these over into what it has kept: the policy must be that of the page, not a default
            unchanged.headers.update(headers)
            del unchanged.headers["content-encoding"]
            return unchanged
        return response


class Site(Mount):
    """A client at the root of the address. What begins like the API is the API's, and no file is looked for."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        return (Match.NONE, {}) if scope["path"].startswith("/api/") else super().matches(scope)


class ClientFiles(_Files):
    """A built client. Files under `assets/` are named after their content; the page that names them is not."""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder, html=True)

    def headers_of(self, path: PurePosixPath) -> dict[str, str]:
        kept = IMMUTABLE if path.parts[0] == ASSETS else ASK_AGAIN
        return {"Cache-Control": kept, "Content-Security-Policy": PAGES}


class ConsoleFiles(ClientFiles):
    """The console's pages have hash addresses. A browser that asks without the hash is led there; whoever else asks
    for what is no file is told that there is none.

    `apps/nginx.py` draws the same line.
    """

    async def get_response(self, path: str, scope: Scope) -> Response:
        page, asked = _console_page(scope), Headers(scope=scope)
        if page and scope["method"] in ("GET", "HEAD") and "text/html" in asked.get("accept", ""):
            return RedirectResponse(f"{CONSOLE}#/{page}", 307, {"Cache-Control": ASK_AGAIN, "Vary": "Accept"})
        return await super().get_response(path, scope)


def _console_page(scope: Scope) -> str:
    """What a page's address would have after the hash; empty for a file, and for the console itself."""
    page = scope["path"].removeprefix(CONSOLE)
    if not page or page == scope["path"] or "." in page or page.startswith(f"{ASSETS}/"):
        return ""
    query = scope["query_string"].decode("latin-1")
    return quote(page) + (f"?{query}" if query else "")


class MediaFiles(_Files):
    """Pictures. Uploads are named after their content; those that came with the product may be drawn anew."""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder)

    def headers_of(self, path: PurePosixPath) -> dict[str, str]:
        return {"Cache-Control": IMMUTABLE if path.parts[0] == UPLOADS else FOR_AN_HOUR}


def _accepts(announced: str, coding: str) -> bool:
    offers: Sequence[str] = [offer.strip() for offer in announced.split(",")]
    for offer in offers:
        name, _, quality = offer.partition(";")
        if name.strip() in (coding, "*"):
            return quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
