"""A notice's parameters as the short values that go into a provider's approved text."""

from collections.abc import Mapping
from typing import Any

from chengtuan.kernel.money import format_yuan
from chengtuan.kernel.text import cut, in_language
from chengtuan.modules.messaging.rules.notices import Notice

_LONGEST_THING = 20
"""Characters that WeChat allows in a `thing` field."""
_LONGEST_TEXT = 32
_PAGES = {
    "order": "pages-order/detail/index?id={id}",
    "group": "pages/group/index?id={id}",
}
_INBOX_PAGE = "pages-user/inbox/index"


def sms_params(notice: Notice, language: str) -> dict[str, str]:
    """Named values: `product`, `amount` (yuan), `people`, `tracking_no`; those that the notice has.

    The product is what is in a parcel, where that is known; of one with two of five pieces it is `2/5 …`.
    """
    params = notice.params
    values: dict[str, str] = {}
    if name := params.get("contents", params.get("product_name")):
        values["product"] = _part(params) + in_language(name, language)
    amount = params.get("amount_fen", params.get("refund_fen"))
    if amount is not None:
        values["amount"] = format_yuan(int(amount))
    if people := params.get("people"):
        values["people"] = str(people)
    if tracking_no := params.get("tracking_no"):
        values["tracking_no"] = str(tracking_no)
    return values


def _part(params: Mapping[str, Any]) -> str:
    """`2/5 ` before the goods of a parcel that holds two of five pieces: an approved text has no other place for it."""
    sent, pieces = params.get("sent"), params.get("pieces")
    return f"{sent}/{pieces} " if sent and pieces and sent != pieces else ""


def subscribe_data(values: dict[str, str], fields: dict[str, str]) -> dict[str, str]:
    """The fields of a subscribe message; `fields` is WeChat's field name → our value's name.

    WeChat refuses a message with an empty or overlong field, so values are cut and missing ones left out.
    """
    return {field: _fitting(field, values[name]) for field, name in fields.items() if values.get(name)}


def _fitting(field: str, value: str) -> str:
    if field.startswith("thing"):
        return value if len(value) <= _LONGEST_THING else cut(value, _LONGEST_THING - 1) + "…"
    if field.startswith("amount"):
        return f"¥{value}"
    return cut(value, _LONGEST_TEXT)


def page_of_notice(notice: Notice) -> str:
    """The mini program's page that a message opens."""
    if notice.order_id is not None:
        return _PAGES["order"].format(id=notice.order_id)
    if notice.group_id is not None:
        return _PAGES["group"].format(id=notice.group_id)
    return _INBOX_PAGE
