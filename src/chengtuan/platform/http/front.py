"""The outermost layer: what is kept is answered at once, by one look into a dictionary.

That is a GET for a page that is kept, and a POST to a door that is closed to everybody.
"""

import asyncio
import contextlib

from chengtuan.platform.http.closed import ClosedDoors
from chengtuan.platform.http.guard import App, Receive, Scope, Send
from chengtuan.platform.http.hot import HotPages
from chengtuan.platform.http.kept import Answer

_ARRIVES_WITHIN_S = 1.0


def front(app: App, hot: HotPages, closed: ClosedDoors) -> App:
    """Answers with what is kept, complete with all headers; passes everything else on."""
    find, again, refusal = hot.find, hot.again, closed.refusal

    async def kept(scope: Scope, receive: Receive) -> Answer | None:
        if scope["method"] == "GET":
            key = (scope["path"], scope["query_string"])
            page = find(key) or await again(key)
            return page.answer(dict(scope["headers"])) if page is not None else None
        if scope["method"] == "POST" and (answer := refusal(scope["path"], scope["headers"])):
            await _let_arrive(receive)
            return answer
        return None

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (answer := await kept(scope, receive)) is not None:
            for message in answer:
                await send(message)
            return
        await app(scope, receive, send)

    return serve


async def _let_arrive(receive: Receive) -> None:
    """A connection that is closed with something unread takes the answer with it, and one that is not can go on."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_ARRIVES_WITHIN_S):
            while (await receive()).get("more_body"):
                pass
