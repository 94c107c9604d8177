"""Short messages to a phone. Everything public is named here."""

from .contracts import SmsError, SmsMessage, SmsReceipt, SmsRefused, SmsSender, SmsUnavailable
from .sender import HttpSmsSender, SmsConfig

__all__ = [
    "HttpSmsSender",
    "SmsConfig",
    "SmsError",
    "SmsMessage",
    "SmsReceipt",
    "SmsRefused",
    "SmsSender",
    "SmsUnavailable",
]
