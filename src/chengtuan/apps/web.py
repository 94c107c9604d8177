"""The HTTP application of one process."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from fastapi.telemetry import TelemetryConfig
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chengtuan import __version__
from chengtuan.apps import works
from chengtuan.apps.authentication import FacadeAuthenticator
from chengtuan.apps.composition import Composition
from chengtuan.apps.docs import docs_router
from chengtuan.apps.ending import told_to_end
from chengtuan.apps.files import ClientFiles, ConsoleFiles, MediaFiles, Site
from chengtuan.apps.healthz import health_router
from chengtuan.apps.shop import Links, ShopFiles, ShopSettings, has_pages
from chengtuan.modules.accounts.facade import AccountsFacade
from chengtuan.modules.trade.facade import TradeFacade
from chengtuan.platform.http.access import PUBLIC, refuse_unmarked_routes
from chengtuan.platform.http.bodies import BodyRules
from chengtuan.platform.http.cookies import installation_mark
from chengtuan.platform.http.direct import ZIP_FROM_BYTES, ZIP_LEVEL, DirectRoutes
from chengtuan.platform.http.fields import Instant
from chengtuan.platform.http.front import front
from chengtuan.platform.http.guard import App, Guard
from chengtuan.platform.http.headers import SafeHeaders
from chengtuan.platform.http.hot import Made, as_response
from chengtuan.platform.http.problems import describe_problems, install_problem_handlers
from chengtuan.platform.http.proxies import TrustedProxies
from chengtuan.platform.settings import load_settings


class Meta(BaseModel):
    """What a client needs to know of this installation before anything else."""

    name: str
    version: str
    demo: bool
    sandbox_desk_url: str | None
    now: Instant


def create_api(composition: Composition, *, background: bool = True, own_work: bool = True) -> FastAPI:
    """The framework's application: routes, problems, description. Wrap it with `create_app` to serve it.

    Without `own_work` another process relays the events and runs the jobs of these modules.
    """

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with contextlib.AsyncExitStack() as stack:
            await stack.enter_async_context(composition.open())
            stack.enter_context(told_to_end(composition.waiting.close))
            if background:
                await stack.enter_async_context(works.background(composition, own_work=own_work))
            yield

    app = FastAPI(
        title="Chengtuan",
        version=__version__,
        summary="Group buying: open or join a group, everybody gets the group price, or their money back.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,  # it would lead to whatever host the request names, and from https to http
        generate_unique_id_function=_operation_id,
        telemetry=_telemetry(composition),
    )
    install_problem_handlers(app)
    app.state.installation_mark = installation_mark(composition.keys)
    if AccountsFacade in composition.facades:
        app.state.authenticator = FacadeAuthenticator(_accounts(composition))
    for router in composition.routers():
        app.include_router(router)
    _add_meta(app, composition)
    app.include_router(health_router(composition))
    app.include_router(docs_router())
    refuse_unmarked_routes(app)
    _describe(app)
    _add_files(app, composition)
    app.add_middleware(GZipMiddleware, minimum_size=ZIP_FROM_BYTES, compresslevel=ZIP_LEVEL)
    return app


def create_app(composition: Composition, *, background: bool = True, own_work: bool = True) -> App:
    """What a server runs."""
    platform = composition.platform
    api = create_api(composition, background=background, own_work=own_work)
    guard = Guard(
        # what goes past the framework it cannot trace
        api if _is_traced(composition) else DirectRoutes(api),
        request_timeout_s=platform.request_timeout_s,
        bodies=BodyRules.for_budget(platform.bodies_in_flight_mb * 1024 * 1024, grace_s=platform.body_timeout_s),
        proxies=TrustedProxies.parse(platform.trusted_proxies),
        is_ours=composition.signer.is_ours,
    )
    return front(SafeHeaders(guard), composition.hot, composition.closed)


def _telemetry(composition: Composition) -> TelemetryConfig | None:
    """The framework's own settings once OpenTelemetry is set up; it asks for that at each request otherwise."""
    return None if _is_traced(composition) else {"tracing": False, "metrics": False, "logs": False}


def _is_traced(composition: Composition) -> bool:
    return any(name.startswith("OTEL_") for name in composition.environ)


def _accounts(composition: Composition) -> AccountsFacade:
    accounts = composition.facades[AccountsFacade]
    assert isinstance(accounts, AccountsFacade)
    return accounts


def _operation_id(route: APIRoute) -> str:
    return route.name


def _add_meta(app: FastAPI, composition: Composition) -> None:
    platform = composition.platform

    async def make() -> Made:
        meta = Meta(
            name="Chengtuan",
            version=__version__,
            demo=platform.demo,
            sandbox_desk_url=platform.sandbox_desk_url if platform.demo else None,
            now=composition.clock.now(),
        )
        return Made(meta.model_dump_json().encode())

    @app.get("/api/v1/meta", dependencies=[PUBLIC], response_model=Meta, tags=["meta"])
    async def read_meta() -> Response:
        """This installation: its name, version and time, and whether it shows demo data."""
        return as_response(await composition.hot.page("/api/v1/meta", [], make))


def _describe(app: FastAPI) -> None:
    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(title=app.title, version=app.version, summary=app.summary, routes=app.routes)
            app.openapi_schema = describe_problems(document)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to extend it


def _add_files(app: FastAPI, composition: Composition) -> None:
    """Pictures, and the built clients where there are any. A web server may take this over."""
    media = composition.platform.data / "media"
    media.mkdir(parents=True, exist_ok=True)
    app.mount("/media", MediaFiles(media), name="media")
    dist = composition.platform.client_dist
    console, shop = Path(dist or "") / "console", Path(dist or "") / "shop"
    if dist and (console / "index.html").is_file():
        app.add_route("/console", _with_slash, include_in_schema=False)
        app.router.routes.append(Site("/console", ConsoleFiles(console), name="console"))
    if dist and (shop / "index.html").is_file():
        app.router.routes.append(Site("/", _shop(shop, media, composition), name="shop"))


def _shop(folder: Path, media: Path, composition: Composition) -> ClientFiles:
    if not has_pages(folder):
        return ClientFiles(folder)
    trade = composition.facades.get(TradeFacade)
    links = Links(trade, composition.hot, media) if isinstance(trade, TradeFacade) else None
    return ShopFiles(folder, links, load_settings(ShopSettings, composition.environ).public_url)


async def _with_slash(request: Request) -> Response:
    """The page's own addresses are relative to the folder."""
    return RedirectResponse(request.url.path + "/", 308)
