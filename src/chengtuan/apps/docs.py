"""The API's pages at /docs, from files of this installation: no visitor is sent to a CDN."""

from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import FileResponse, HTMLResponse

from chengtuan.kernel.problems import NotFound
from chengtuan.platform.http.access import PUBLIC

_ASSETS = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css", "favicon.png": "image/png"}


def docs_router() -> APIRouter:
    router = APIRouter(include_in_schema=False, dependencies=[PUBLIC])
    folder = Path(str(files("fastapi_offline"))) / "static"

    @router.get("/docs")
    async def docs() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url="/openapi.json",
            title="Chengtuan API",
            swagger_js_url="/docs/swagger-ui-bundle.js",
            swagger_css_url="/docs/swagger-ui.css",
            swagger_favicon_url="/docs/favicon.png",
        )

    @router.get("/docs/{asset}")
    async def docs_asset(asset: str) -> FileResponse:
        if asset not in _ASSETS:
            raise NotFound
        return FileResponse(folder / asset, media_type=_ASSETS[asset])

    return router
