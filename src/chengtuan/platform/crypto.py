"""Personal data at rest: AES-256-GCM with a key ring, and a blind index for exact search.

A stored value is `version(1) | key id(2) | nonce(12) | ciphertext and tag`. The column's name is
authenticated with it, so a value moved to another column does not open.
"""

import base64
import hmac
import os
import struct
from collections.abc import Mapping
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_VERSION = 1
_HEADER = struct.Struct(">BH")
_NONCE_BYTES = 12


class CannotDecrypt(Exception):
    """The value was changed, belongs to another column, or its key is not in the ring."""


class KeyRing:
    """Encrypts with the active key and decrypts with any key it holds.

    `keys` are 32-byte secrets by key id; `index_key` is a separate 32-byte secret that must not live
    in the database: phone numbers are few enough to be tried one by one.
    """

    def __init__(self, keys: Mapping[int, bytes], active: int, index_key: bytes) -> None:
        self._keys = {key_id: AESGCM(_derive(secret, b"field-encryption-v1")) for key_id, secret in keys.items()}
        self._active = active
        self._index_key = _derive(index_key, b"blind-index-v1")
        self._secrets = {**{f"field key {key_id}": secret for key_id, secret in keys.items()}, "index key": index_key}
        self._keys[active]

    @staticmethod
    def parse(keys: str, index_key: str) -> "KeyRing":
        """From settings: `"2:<base64>,1:<base64>"`, the first one active."""
        pairs = [item.split(":", 1) for item in keys.split(",") if item]
        parsed = {int(key_id): base64.b64decode(secret) for key_id, secret in pairs}
        return KeyRing(parsed, int(pairs[0][0]), base64.b64decode(index_key))

    def encrypt(self, text: str, column: str) -> bytes:
        """`column` is `module.table.column`."""
        nonce = os.urandom(_NONCE_BYTES)
        header = _HEADER.pack(_VERSION, self._active)
        return header + nonce + self._keys[self._active].encrypt(nonce, text.encode(), header + column.encode())

    def decrypt(self, value: bytes, column: str) -> str:
        """Raises CannotDecrypt."""
        value = bytes(value)
        header, nonce, sealed = value[:3], value[3 : 3 + _NONCE_BYTES], value[3 + _NONCE_BYTES :]
        try:
            _, key_id = _HEADER.unpack(header)
            return self._keys[key_id].decrypt(nonce, sealed, header + column.encode()).decode()
        except (struct.error, KeyError, InvalidTag, ValueError) as error:
            raise CannotDecrypt(column) from error

    def key_id(self, value: bytes) -> int:
        """Which key a stored value needs; rotation looks for old ones."""
        return int(_HEADER.unpack(bytes(value)[:3])[1])

    def blind_index(self, text: str, scope: str) -> bytes:
        """16 bytes that are equal for equal texts and tell nothing without the index key."""
        return hmac.digest(self._index_key, scope.encode() + b"\0" + text.encode(), "sha256")[:16]

    def key_for(self, purpose: str) -> bytes:
        """A secret of 32 bytes for one purpose, such as `trade.tickets`; it says nothing about any other."""
        return HKDF(hashes.SHA256(), 32, None, b"key-for-v1:" + purpose.encode()).derive(self._index_key)

    def checks(self, subject: str) -> dict[str, bytes]:
        """For each key a value that only it gives for `subject`: stored, it tells later whether the key is the same."""
        return {name: key_check(secret, subject) for name, secret in self._secrets.items()}


def key_check(secret: bytes, subject: str) -> bytes:
    """32 bytes that only this key gives for `subject`, and that tell nothing about it."""
    derived = HKDF(hashes.SHA256(), 32, None, b"key-check-v1").derive(secret)
    return hmac.new(derived, subject.encode(), sha256).digest()


def _derive(secret: bytes, purpose: bytes) -> bytes:
    if len(secret) < 32:
        raise ValueError("a key needs 32 bytes")
    return HKDF(hashes.SHA256(), 32, None, purpose).derive(secret)
