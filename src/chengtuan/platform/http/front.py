"""The outermost layer: a GET for a page that is kept is answered at once, by one look into a dictionary."""

from chengtuan.platform.http.guard import App, Receive, Scope, Send
from chengtuan.platform.http.hot import HotPages


def front(app: App, hot: HotPages) -> App:
    """Answers with what is kept, complete with all headers; passes everything else on."""
    find, again = hot.find, hot.again

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("method") == "GET":
            key = (scope["path"], scope["query_string"])
            kept = find(key) or await again(key)
            if kept is not None:
                start, body = kept.answer(dict(scope["headers"]))
                await send(start)
                await send(body)
                return
        await app(scope, receive, send)

    return serve
