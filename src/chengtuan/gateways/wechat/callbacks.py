"""Notices of WeChat Pay: proven, decrypted and typed, or rejected with a reason."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from chengtuan.kernel.clock import Clock

from . import parsing
from .config import WeChatPayConfig
from .contracts import RefundNotice, TransactionNotice
from .errors import CallbackRejected, CallbackUnreadable
from .platform_keys import PlatformKeys
from .signatures import SealedText, unseal
from .verification import NotAuthentic, authenticate

Notice = TransactionNotice | RefundNotice


async def open_notice(
    headers: Mapping[str, str], body: bytes, *, config: WeChatPayConfig, keys: PlatformKeys, clock: Clock
) -> Notice:
    """Prove, decrypt and read a notice; CallbackRejected if any step fails, CallbackUnreadable from the second on.

    Not checked here, because only the caller knows the order: out_trade_no, amount, openid, and whether
    this notice was seen before (`notice_id`).
    """
    try:
        await authenticate(headers, body, clock=clock, find_key=keys.find)
    except NotAuthentic as error:
        raise CallbackRejected(str(error)) from error
    envelope: Mapping[str, Any] = {}
    try:
        envelope = parsing.json_object(body)
        content = _decrypt(envelope, config.api_v3_key)
        return _transaction(envelope, content, config) if _is_payment(envelope) else _refund(envelope, content, config)
    except NotForUs as error:
        raise CallbackRejected(str(error)) from error
    except ValueError as error:
        raise CallbackUnreadable(str(error), _number(envelope, body)) from error


class NotForUs(ValueError):
    """A notice for another merchant or another application."""


def _number(envelope: Mapping[str, Any], body: bytes) -> str:
    try:
        return parsing.number(envelope, "id")
    except ValueError:
        return f"unreadable-{sha256(body).hexdigest()[:32]}"


def _is_payment(envelope: Mapping[str, Any]) -> bool:
    event_type = parsing.text(envelope, "event_type")
    if event_type.startswith("TRANSACTION."):
        return True
    if event_type.startswith("REFUND."):
        return False
    raise ValueError(f"unknown event type {event_type[:40]!r}")


def _decrypt(envelope: Mapping[str, Any], api_v3_key: str) -> dict[str, Any]:
    resource = parsing.section(envelope, "resource")
    if resource.get("algorithm") != "AEAD_AES_256_GCM":
        raise ValueError("unknown encryption")
    sealed = SealedText(
        parsing.text(resource, "nonce"),
        str(resource.get("associated_data") or ""),
        parsing.text(resource, "ciphertext"),
    )
    plain = unseal(api_v3_key, sealed)
    if plain is None:
        raise ValueError("the resource cannot be decrypted with our API v3 key")
    return parsing.json_object(plain)


def _transaction(envelope: Mapping[str, Any], content: Mapping[str, Any], config: WeChatPayConfig) -> TransactionNotice:
    transaction = parsing.transaction(content)
    if transaction.mchid != config.mchid:
        raise NotForUs("a notice for another merchant")
    if transaction.appid not in config.appids:
        raise NotForUs("a notice for another application")
    if transaction.paid and transaction.currency != "CNY":
        raise ValueError("a notice in another currency")
    return TransactionNotice(
        notice_id=parsing.number(envelope, "id"),
        event_type=parsing.number(envelope, "event_type"),
        created_at=parsing.required_instant(envelope, "create_time"),
        transaction=transaction,
    )


def _refund(envelope: Mapping[str, Any], content: Mapping[str, Any], config: WeChatPayConfig) -> RefundNotice:
    if parsing.text(content, "mchid") != config.mchid:
        raise NotForUs("a notice for another merchant")
    return RefundNotice(
        notice_id=parsing.number(envelope, "id"),
        event_type=parsing.number(envelope, "event_type"),
        created_at=parsing.required_instant(envelope, "create_time"),
        refund=parsing.refund(content, status_field="refund_status"),
    )
