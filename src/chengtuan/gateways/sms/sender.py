"""The vendor-neutral adapter: a small signed JSON protocol that a vendor's bridge can speak in an hour."""

import json
import secrets
from dataclasses import dataclass, field

import httpx

from chengtuan.kernel.clock import Clock

from .contracts import SmsMessage, SmsReceipt, SmsRefused, SmsUnavailable
from .signature import authorization

_PATH = "/v1/messages"


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsConfig:
    """Where the bridge is, and the key shared with it."""

    base_url: str
    key: str = field(repr=False)
    timeout_s: float = 5.0


class HttpSmsSender:
    """Sends through the bridge at `base_url`. The HTTP client is shared and closed by its owner."""

    def __init__(self, config: SmsConfig, http: httpx.AsyncClient, clock: Clock) -> None:
        self._config = config
        self._http = http
        self._clock = clock

    async def send(self, message: SmsMessage) -> SmsReceipt:
        """Hand the message over once; SmsUnavailable means that repeating with the same id is right."""
        body = {
            "request_id": message.request_id,
            "phone": message.phone,
            "template": message.template,
            "params": dict(message.params),
            "language": message.language,
        }
        response = await self._post(json.dumps(body, ensure_ascii=False).encode())
        if response.status_code >= 500:
            raise SmsUnavailable(f"the vendor answered {response.status_code}")
        return _receipt(response)

    async def _post(self, body: bytes) -> httpx.Response:
        request = self._http.build_request(
            "POST",
            self._config.base_url.rstrip("/") + _PATH,
            content=body,
            headers={"Content-Type": "application/json"},
            timeout=self._config.timeout_s,
        )
        request.headers["Authorization"] = authorization(
            self._config.key,
            path=request.url.raw_path.decode(),
            timestamp=int(self._clock.now().timestamp()),
            nonce=secrets.token_hex(12),
            body=body,
        )
        try:
            return await self._http.send(request)
        except httpx.HTTPError as error:
            raise SmsUnavailable(f"no answer: {error!r}") from error


def _receipt(response: httpx.Response) -> SmsReceipt:
    try:
        answer = response.json()
        if response.status_code == 202:
            return SmsReceipt(message_id=str(answer["message_id"]))
        raise SmsRefused(str(answer["code"]), str(answer.get("message", "")))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SmsUnavailable(f"an answer of another form ({response.status_code})") from error
