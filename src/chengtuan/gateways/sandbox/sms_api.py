"""The SMS vendor over HTTP: the protocol of `chengtuan.gateways.sms`."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from chengtuan.gateways.sms.signature import is_authorised
from chengtuan.gateways.wechat import parsing

from .faults import FaultKind
from .sandbox import Sandbox
from .sms_inbox import SmsRefusal

_PATH = "/sms-vendor/v1/messages"


def sms_routes(sandbox: Sandbox) -> list[Route]:
    async def accept(request: Request) -> Response:
        raw = await request.body()
        if sandbox.faults.take(FaultKind.SMS_500):
            return _problem(500, "internal", "the vendor is down")
        header = request.headers.get("authorization", "")
        key = sandbox.credentials.sms_key
        if not is_authorised(key, header, path=_PATH, now=sandbox.time.now(), body=raw):
            return _problem(401, "bad_signature", "the signature or its time does not fit")
        try:
            message_id = sandbox.sms.accept(parsing.json_object(raw))
        except ValueError:
            return _problem(400, "bad_request", "the body is no JSON object")
        except SmsRefusal as refused:
            return _problem(refused.status, refused.code, refused.message)
        return JSONResponse({"message_id": message_id}, 202)

    return [Route(_PATH, accept, methods=["POST"])]


def _problem(status: int, code: str, message: str) -> Response:
    return JSONResponse({"code": code, "message": message}, status)
