"""Phone numbers of the places the product serves, and how they are shown.

Mobile numbers only: a sign-in code has to reach them, and a courier wants to call them.
"""

import re

from chengtuan.kernel.typed import figures
from chengtuan.modules.accounts.problems import BadPhone

_FORMS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("86", re.compile(r"1[3-9]\d{9}")),
    ("852", re.compile(r"[4-9]\d{7}")),
    ("853", re.compile(r"6\d{7}")),
    ("886", re.compile(r"9\d{8}")),
)
_SEPARATORS = re.compile(r"[\-‐-―−().·]+")
_MAX_LENGTH = 32


class BadPhoneNumber(ValueError):
    """The text is no mobile number of mainland China, Hong Kong, Macao or Taiwan."""


def parse_phone(text: str) -> str:
    """A number as people write it → E.164. Without a country code it is a mainland number,
    or one of Taiwan in its own form (`09…`). Raises BadPhoneNumber."""
    if len(text) > _MAX_LENGTH:
        raise BadPhoneNumber
    digits = _SEPARATORS.sub("", figures(text))
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    if not digits.isascii():
        raise BadPhoneNumber
    if digits.startswith("+"):
        return _international(digits[1:])
    if re.fullmatch(r"09\d{8}", digits):
        return f"+886{digits[1:]}"
    if re.fullmatch(r"86\d{11}", digits):
        digits = digits[2:]
    if not _FORMS[0][1].fullmatch(digits):
        raise BadPhoneNumber
    return f"+86{digits}"


def _international(digits: str) -> str:
    for country, form in _FORMS:
        national = digits.removeprefix(country)
        if national == digits:
            continue
        if country == "886":
            national = national.removeprefix("0")  # written as +886 (0)9…
        if form.fullmatch(national):
            return f"+{country}{national}"
    raise BadPhoneNumber


def mask_phone(e164: str) -> str:
    """For showing to the owner: `+8613812345678` → `138****5678`, `+85291234567` → `+852 91****67`."""
    for country, _ in _FORMS:
        national = e164.removeprefix(f"+{country}")
        if national == e164:
            continue
        if country == "86":
            return f"{national[:3]}****{national[-4:]}"
        return f"+{country} {national[:2]}****{national[-2:]}"
    return f"{e164[:3]}****{e164[-2:]}"


def e164_of(phone: str) -> str:
    """As `parse_phone`, for people. Raises BadPhone."""
    try:
        return parse_phone(phone)
    except BadPhoneNumber:
        raise BadPhone from None
