"""Signed requests to WeChat Pay and verified answers, with retries that cannot do a thing twice."""

import asyncio
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from chengtuan.kernel.clock import Clock

from . import parsing
from .config import WeChatPayConfig
from .errors import ProviderUnavailable, UntrustedAnswer, refusal
from .platform_keys import PlatformCertificate, PlatformKeys, open_certificates
from .signatures import SCHEME, lines, load_private_key, sign
from .verification import NotAuthentic, SignatureProbe, authenticate

_PAUSES_S = (0.1, 0.4)
"""Before the second and the third attempt."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A verified answer: 2xx only."""

    status: int
    body: Mapping[str, Any]


class SignedTransport:
    """Speaks for one merchant. The HTTP client is shared and closed by its owner."""

    def __init__(self, config: WeChatPayConfig, http: httpx.AsyncClient, clock: Clock) -> None:
        self._config = config
        self._http = http
        self._clock = clock
        self._key = load_private_key(config.private_key_pem)
        self.keys = PlatformKeys(config, clock, self._download_certificates)

    async def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Answer:
        """Send until answered, at most three times.

        Every call of this package carries the merchant's own number, so the partner sees a repetition as
        the same order or refund. Still, only failures that show nothing was answered are repeated:
        connection refused, 5xx, and an answer whose signature is a probe. A lost answer (read timeout) is
        ProviderUnavailable at once, because the caller's query tells more than a second attempt.
        """
        content = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        for pause_s in (*_PAUSES_S, None):
            try:
                response = await self._exchange(method, path, content)
                if response.status_code < 500:
                    return await self._accept(response)
                reason = f"the partner answered {response.status_code}"
            except SignatureProbe as probe:
                reason = f"the partner answered with {probe}"
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                reason = f"no connection: {error!r}"
            except httpx.HTTPError as error:
                raise ProviderUnavailable(f"no answer: {error!r}") from error
            if pause_s is None:
                break
            await asyncio.sleep(pause_s)
        raise ProviderUnavailable(reason)

    async def download(self, path: str) -> bytes:
        """A file. Its answer is not signed: the caller compares it with a signed hash.

        Raises ProviderUnavailable for everything but a file: links grow old, so ask for another one.
        """
        try:
            response = await self._exchange("GET", path, b"")
        except httpx.HTTPError as error:
            raise ProviderUnavailable(f"no file: {error!r}") from error
        if response.status_code != 200:
            raise ProviderUnavailable(f"no file: the partner answered {response.status_code}")
        return response.content

    async def _exchange(self, method: str, path: str, content: bytes) -> httpx.Response:
        headers = {"Accept": "application/json", "User-Agent": "chengtuan"}
        if content:
            headers["Content-Type"] = "application/json"
        if self._config.public_key_id:
            headers["Wechatpay-Serial"] = self._config.public_key_id
        request = self._http.build_request(
            method,
            self._config.base_url + path,
            content=content,
            headers=headers,
            timeout=self._config.timeout_s,
        )
        # Signed is the path that goes over the wire, after all escaping.
        request.headers["Authorization"] = self._authorization(method, request.url.raw_path, content)
        return await self._http.send(request)

    def _authorization(self, method: str, raw_path: bytes, content: bytes) -> str:
        timestamp = str(int(self._clock.now().timestamp()))
        nonce = secrets.token_hex(16)
        signature = sign(self._key, lines(method, raw_path, timestamp, nonce, content))
        return (
            f'{SCHEME} mchid="{self._config.mchid}",nonce_str="{nonce}",signature="{signature}",'
            f'timestamp="{timestamp}",serial_no="{self._config.cert_serial}"'
        )

    def sign_lines(self, *parts: str) -> str:
        """The merchant's signature of lines of text, as the payment dialogue wants it."""
        return sign(self._key, lines(*parts))

    async def _accept(self, response: httpx.Response) -> Answer:
        """Verify, also a refusal: a forged "not paid" would cost as much as a forged "paid"."""
        try:
            await authenticate(response.headers, response.content, clock=self._clock, find_key=self.keys.find)
        except SignatureProbe:
            raise
        except NotAuthentic as error:
            raise UntrustedAnswer(f"{response.status_code}: {error}") from error
        return _read(response)

    async def _download_certificates(self) -> dict[int, PlatformCertificate]:
        """Fetch the platform certificates; the answer is signed by one of those it brings."""
        try:
            response = await self._exchange("GET", "/v3/certificates", b"")
        except httpx.HTTPError as error:
            raise ProviderUnavailable(f"no certificates: {error!r}") from error
        if response.status_code == 404:
            # A merchant in public-key mode may have no certificates at all: nothing can be trusted by them.
            return {}
        if response.status_code != 200:
            raise ProviderUnavailable(f"no certificates: {response.status_code}")
        try:
            answer = parsing.json_object(response.content)
            opened = open_certificates(self._config.api_v3_key, answer)

            async def among_opened(serial: str) -> RSAPublicKey | None:
                return self.keys.find_known(serial, among=opened)

            await authenticate(response.headers, response.content, clock=self._clock, find_key=among_opened)
        except (NotAuthentic, ValueError) as error:
            raise UntrustedAnswer(f"certificates: {error}") from error
        return opened


def _read(response: httpx.Response) -> Answer:
    try:
        body = parsing.json_object(response.content) if response.content else {}
    except ValueError as error:
        raise UntrustedAnswer(f"{response.status_code}: {error}") from error
    refused = response.status_code >= 300 or response.status_code == 202
    if refused:
        code = str(body.get("code") or "UNKNOWN")
        raise refusal(response.status_code, code, str(body.get("message") or ""))
    return Answer(response.status_code, body)
