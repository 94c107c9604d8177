"""The API's pages at /docs, from files of this installation: no visitor is sent to a CDN."""

from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse, HTMLResponse, Response

from chengtuan.kernel.problems import NotFound
from chengtuan.platform.http.access import PUBLIC
from chengtuan.platform.http.headers import FOR_AN_HOUR, PAGES

_ASSETS = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css", "favicon.png": "image/png"}
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Chengtuan API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="icon" href="/docs/favicon.png">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
# In a file of its own: the content security policy runs no script that stands in a page.
_START = """SwaggerUIBundle({
  url: '/openapi.json', dom_id: '#swagger-ui', deepLinking: true, showExtensions: true, showCommonExtensions: true,
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIBundle.SwaggerUIStandalonePreset],
})
"""


def docs_router() -> APIRouter:
    router = APIRouter(include_in_schema=False, dependencies=[PUBLIC])
    folder = Path(str(files("fastapi_offline"))) / "static"

    @router.get("/docs")
    async def docs() -> HTMLResponse:
        return HTMLResponse(_PAGE, headers={"Content-Security-Policy": PAGES})

    @router.get("/docs/{asset}")
    async def docs_asset(asset: str) -> Response:
        kept = {"Cache-Control": FOR_AN_HOUR}
        if asset == "start.js":
            return Response(_START, media_type="text/javascript", headers=kept)
        if asset not in _ASSETS:
            raise NotFound
        return FileResponse(folder / asset, media_type=_ASSETS[asset], headers=kept)

    return router
