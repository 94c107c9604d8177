"""What the product asks of any vendor of short messages, and what can go wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsMessage:
    """A message by template: vendors approve texts, so a caller sends parameters and never prose.

    `request_id` is the caller's own number: the same one again is not sent twice. `phone` is E.164.
    """

    request_id: str
    phone: str
    template: str
    params: Mapping[str, str]
    language: str = "zh-Hant"


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsReceipt:
    """The vendor took the message; that says nothing about its delivery."""

    message_id: str


class SmsError(Exception):
    """Anything that a sender raises."""


class SmsUnavailable(SmsError):
    """No usable answer: it may or may not have been sent. Repeat with the same request_id."""


class SmsRefused(SmsError):
    """The vendor will not send this message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class SmsSender(Protocol):
    async def send(self, message: SmsMessage) -> SmsReceipt:
        """Hand the message to the vendor; SmsUnavailable or SmsRefused."""
        ...
