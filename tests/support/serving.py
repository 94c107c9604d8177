"""A world's application as a server runs it: with what is kept before everything else."""

import contextlib
from collections.abc import AsyncIterator

import httpx

from chengtuan.apps.composition import Composition
from chengtuan.apps.web import create_app
from tests.support.world import SHOP


@contextlib.asynccontextmanager
async def served(composition: Composition) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who asks it."""
    app = create_app(composition, background=False)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=SHOP) as client:
        yield client
