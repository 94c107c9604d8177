"""What `messaging` reads from the environment."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Json

from chengtuan.gateways.sms.settings import SmsSettings
from chengtuan.gateways.wechat.settings import MiniProgramSettings
from chengtuan.modules.messaging.rules.notices import NoticeTemplate

_PRODUCT, _AMOUNT, _PEOPLE, _TRACKING = "product", "amount", "people", "tracking_no"
_USUAL_FIELDS: dict[NoticeTemplate, dict[str, str]] = {
    NoticeTemplate.GROUP_FORMED: {"thing1": _PRODUCT, "number2": _PEOPLE},
    NoticeTemplate.GROUP_FAILED: {"thing1": _PRODUCT, "amount2": _AMOUNT},
    NoticeTemplate.ORDER_SHIPPED: {"thing1": _PRODUCT, "character_string2": _TRACKING},
    NoticeTemplate.NUMBER_CORRECTED: {"thing1": _PRODUCT, "character_string2": _TRACKING},
    NoticeTemplate.REFUND_SUCCEEDED: {"thing1": _PRODUCT, "amount2": _AMOUNT},
    NoticeTemplate.LADDER_SETTLED: {"thing1": _PRODUCT, "amount2": _AMOUNT},
    NoticeTemplate.INITIATOR_PERK: {"thing1": _PRODUCT, "amount2": _AMOUNT},
    NoticeTemplate.PAYMENT_LATE: {"thing1": _PRODUCT, "amount2": _AMOUNT},
}


class SubscribeTemplate(BaseModel):
    """A template that the operator chose in WeChat's console: its id, and which value goes into which field."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(min_length=1, max_length=64)
    fields: dict[str, str] = {}


def _with_usual_fields(value: object) -> object:
    """`{"group_formed": "<id>"}` is short for the id with the usual fields."""
    if not isinstance(value, dict):
        return value
    known = {str(name) for name in NoticeTemplate}
    return {
        name: {"id": entry, "fields": _USUAL_FIELDS[NoticeTemplate(name)]}
        if isinstance(entry, str) and name in known
        else entry
        for name, entry in value.items()
    }


def _sandbox_templates() -> dict[NoticeTemplate, SubscribeTemplate]:
    return {
        name: SubscribeTemplate(id=f"sandbox-{name.replace('_', '-')}", fields=fields)
        for name, fields in _USUAL_FIELDS.items()
    }


class MessagingSettings(MiniProgramSettings, SmsSettings):
    """A partner without its settings counts as not there: messages go another way or stay in the inbox."""

    sms_notices: bool = True
    """Whether people without a WeChat consent get a text message (it costs money)."""
    wechat_templates: Json[Annotated[dict[NoticeTemplate, SubscribeTemplate], BeforeValidator(_with_usual_fields)]] = (
        Field(default_factory=_sandbox_templates)
    )
    """JSON: our template → WeChat's template id, or `{"id": …, "fields": {"thing1": "product"}}`.

    Values are product, amount, people and tracking_no. The default suits the sandbox.
    """
