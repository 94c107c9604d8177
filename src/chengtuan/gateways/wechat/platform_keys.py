"""Which key the platform signed with: its public key, or one of its certificates, found by serial number."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import Certificate, load_pem_x509_certificate

from chengtuan.kernel.clock import Clock

from . import parsing
from .config import WeChatPayConfig
from .signatures import SealedText, load_public_key, unseal

_SERIAL = re.compile(r"[0-9A-Fa-f]{1,64}")
_AFTER_FRUITLESS = timedelta(seconds=10)
"""A forged serial must not make us download on every request."""


@dataclass(frozen=True, slots=True)
class PlatformCertificate:
    key: RSAPublicKey
    not_before: datetime
    not_after: datetime


def open_certificates(api_v3_key: str, answer: Mapping[str, Any]) -> dict[int, PlatformCertificate]:
    """Decrypt the answer of `/v3/certificates`; by serial number. ValueError if it is not for us."""
    opened: dict[int, PlatformCertificate] = {}
    for item in answer.get("data") or []:
        box = parsing.section(item, "encrypt_certificate")
        sealed = SealedText(
            parsing.text(box, "nonce"), str(box.get("associated_data") or ""), parsing.text(box, "ciphertext")
        )
        pem = unseal(api_v3_key, sealed)
        if pem is None:
            raise ValueError("a platform certificate cannot be decrypted with our API v3 key")
        certificate = load_pem_x509_certificate(pem)
        opened[certificate.serial_number] = _platform_certificate(certificate)
    return opened


def _platform_certificate(certificate: Certificate) -> PlatformCertificate:
    key = certificate.public_key()
    if not isinstance(key, RSAPublicKey):
        raise ValueError("a platform certificate without an RSA key")  # noqa: TRY004 (the answer's form)
    return PlatformCertificate(key, certificate.not_valid_before_utc, certificate.not_valid_after_utc)


class PlatformKeys:
    """The cache of the platform's keys; an unknown serial number is looked up once at the partner.

    `download` fetches the certificates and proves that the answer is the partner's.
    """

    def __init__(
        self,
        config: WeChatPayConfig,
        clock: Clock,
        download: Callable[[], Awaitable[dict[int, PlatformCertificate]]],
    ) -> None:
        self._clock = clock
        self._download = download
        self._public_key_id = config.public_key_id
        self._public_key = load_public_key(config.public_key_pem) if config.public_key_pem else None
        self._certificates: dict[int, PlatformCertificate] = {}
        self._downloading = asyncio.Lock()
        self._quiet_until: datetime | None = None

    async def find(self, serial: str) -> RSAPublicKey | None:
        """The valid key of this serial number or public key id. May raise ProviderUnavailable."""
        known = self.find_known(serial)
        if known or not _SERIAL.fullmatch(serial):
            return known
        async with self._downloading:
            if self.find_known(serial) is None and not self._quiet():
                await self._refresh(wanted=serial)
        return self.find_known(serial)

    def find_known(self, serial: str, among: Mapping[int, PlatformCertificate] | None = None) -> RSAPublicKey | None:
        """The valid key of this serial number without asking anybody."""
        if self._public_key is not None and serial == self._public_key_id:
            return self._public_key
        if not _SERIAL.fullmatch(serial):
            return None
        found = (self._certificates if among is None else among).get(int(serial, 16))
        if found is None or not found.not_before <= self._clock.now() <= found.not_after:
            return None
        return found.key

    async def warm_up(self) -> None:
        """Download the certificates before the first payment needs them."""
        async with self._downloading:
            self._certificates = await self._download()

    def _quiet(self) -> bool:
        return self._quiet_until is not None and self._clock.now() < self._quiet_until

    async def _refresh(self, *, wanted: str) -> None:
        self._quiet_until = self._clock.now() + _AFTER_FRUITLESS
        self._certificates = await self._download()
        if self.find_known(wanted):
            self._quiet_until = None
