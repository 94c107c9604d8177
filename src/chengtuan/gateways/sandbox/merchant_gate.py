"""Is this request signed by our merchant? Checked over the bytes that came, never over parsed values."""

import re

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import load_pem_x509_certificate

from chengtuan.gateways.wechat.signatures import SCHEME, TOLERANCE_S, is_signed, lines
from chengtuan.kernel.decimals import decimal

from .credentials import Credentials
from .refusals import Refusal
from .sandbox_time import SandboxTime

_FIELD = re.compile(r'(\w+)="([^"]*)"')


class MerchantGate:
    def __init__(self, certificate_pem: str, own: Credentials, time: SandboxTime) -> None:
        key = load_pem_x509_certificate(certificate_pem.encode()).public_key()
        if not isinstance(key, RSAPublicKey):
            raise TypeError("the merchant's certificate has no RSA key")
        self._key = key
        self._own = own
        self._time = time

    def check(self, authorization: str, *, method: str, target: bytes, body: bytes) -> None:
        """`target` is path and query as they came over the wire; Refusal 401 if anything is wrong."""
        scheme, _, rest = authorization.partition(" ")
        given = dict(_FIELD.findall(rest))
        if scheme != SCHEME or not {"mchid", "nonce_str", "signature", "timestamp", "serial_no"} <= set(given):
            raise _unsigned("the Authorization header is incomplete")
        if given["mchid"] != self._own.mchid:
            raise _unsigned("unknown merchant")
        if given["serial_no"].upper() != self._own.cert_serial:
            raise _unsigned("unknown certificate serial number")
        timestamp = given["timestamp"]
        signed_at = decimal(timestamp)
        if signed_at is None or abs(self._time.now() - signed_at) > TOLERANCE_S:
            raise _unsigned("the timestamp is too far from our time")
        text = lines(method, target, timestamp, given["nonce_str"], body)
        if not is_signed(self._key, text, given["signature"]):
            raise _unsigned("the signature does not fit")


def _unsigned(message: str) -> Refusal:
    return Refusal(401, "SIGN_ERROR", message)
