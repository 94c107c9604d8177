"""Quiet hours, retries and wording, as tables."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from chengtuan.kernel.clock import SHANGHAI
from chengtuan.modules.messaging.rules.notices import DeliveryStatus, Notice, NoticeTemplate, consents_for
from chengtuan.modules.messaging.rules.timing import AT_ANY_HOUR, NEWS_FOR, earliest_sending, is_old_news, pause_after
from chengtuan.modules.messaging.rules.wording import page_of_notice, sms_params, subscribe_data
from chengtuan.modules.messaging.settings import MessagingSettings
from chengtuan.platform.settings import BadSettings, load_settings

ORDER = UUID(int=7)
GROUP = UUID(int=8)


def shanghai(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 6, day, hour, minute, second, tzinfo=SHANGHAI)


def notice(params: dict[str, Any], order_id: UUID | None = ORDER, group_id: UUID | None = None) -> Notice:
    return Notice(
        id=UUID(int=1),
        user_id=UUID(int=2),
        template=NoticeTemplate.ORDER_SHIPPED,
        params=params,
        order_id=order_id,
        group_id=group_id,
        created_at=shanghai(1, 12),
        status=DeliveryStatus.WAITING,
        channel=None,
        wechat_template=None,
    )


@pytest.mark.parametrize(
    ("now", "leaves"),
    [
        (shanghai(1, 8), shanghai(1, 8)),
        (shanghai(1, 12), shanghai(1, 12)),
        (shanghai(1, 21, 59, 59), shanghai(1, 21, 59, 59)),
        (shanghai(1, 22), shanghai(2, 8)),
        (shanghai(1, 23, 59), shanghai(2, 8)),
        (shanghai(2, 0), shanghai(2, 8)),
        (shanghai(2, 7, 59, 59), shanghai(2, 8)),
        (shanghai(30, 22), datetime(2026, 7, 1, 8, tzinfo=SHANGHAI)),
    ],
)
def test_nights_are_quiet(now: datetime, leaves: datetime) -> None:
    assert earliest_sending(NoticeTemplate.ORDER_SHIPPED, now.astimezone(UTC)) == leaves
    assert earliest_sending(NoticeTemplate.ORDER_SHIPPED, now.astimezone(UTC)).tzinfo is UTC


@pytest.mark.parametrize("template", sorted(AT_ANY_HOUR))
def test_results_and_refunds_are_told_at_night_too(template: NoticeTemplate) -> None:
    assert earliest_sending(template, shanghai(2, 3)) == shanghai(2, 3)


def test_only_what_can_wait_is_held_back() -> None:
    assert set(NoticeTemplate) - AT_ANY_HOUR == {NoticeTemplate.ORDER_SHIPPED, NoticeTemplate.NUMBER_CORRECTED}


def test_retries_slow_down_and_end_after_a_day() -> None:
    pauses = [pause_after(attempts) for attempts in range(1, 40)]
    assert pauses[:3] == [timedelta(seconds=30), timedelta(minutes=1), timedelta(minutes=2)]
    assert pauses[-1] == timedelta(hours=1)
    told = shanghai(1, 12)
    assert not is_old_news(NoticeTemplate.GROUP_FORMED, told, told + NEWS_FOR - timedelta(seconds=1))
    assert is_old_news(NoticeTemplate.GROUP_FORMED, told, told + NEWS_FOR)


def test_a_nights_wait_is_not_counted() -> None:
    told = shanghai(1, 22)
    assert not is_old_news(NoticeTemplate.ORDER_SHIPPED, told, shanghai(3, 7, 59))
    assert is_old_news(NoticeTemplate.ORDER_SHIPPED, told, shanghai(3, 8))


def test_values_are_in_the_persons_language() -> None:
    told = notice({"product_name": {"zh-Hant": "蜜柚", "en": "Pomelo"}, "amount_fen": 1990, "people": 3})
    assert sms_params(told, "en") == {"product": "Pomelo", "amount": "19.90", "people": "3"}
    assert sms_params(told, "zh-Hans")["product"] == "蜜柚"
    assert sms_params(notice({"product_name": {"en": "X"}, "refund_fen": 5}), "en")["amount"] == "0.05"


def test_a_subscribe_message_never_has_an_empty_or_overlong_field() -> None:
    fields = {"thing1": "product", "amount2": "amount", "character_string3": "tracking_no"}
    data = subscribe_data({"product": "柚" * 40, "amount": "19.90", "tracking_no": ""}, fields)
    assert data == {"thing1": "柚" * 19 + "…", "amount2": "¥19.90"}
    assert len(data["thing1"]) == 20
    assert subscribe_data({"product": "柚" * 20}, fields) == {"thing1": "柚" * 20}


@pytest.mark.parametrize(
    ("order_id", "group_id", "page"),
    [
        (ORDER, GROUP, f"pages-order/detail/index?id={ORDER}"),
        (None, GROUP, f"pages/group/index?id={GROUP}"),
        (None, None, "pages-user/inbox/index"),
    ],
)
def test_a_message_opens_the_page_it_is_about(order_id: UUID | None, group_id: UUID | None, page: str) -> None:
    assert page_of_notice(notice({}, order_id, group_id)) == page


def test_a_ladder_may_use_the_consent_for_a_formed_group() -> None:
    assert consents_for(NoticeTemplate.LADDER_SETTLED) == (NoticeTemplate.LADDER_SETTLED, NoticeTemplate.GROUP_FORMED)
    assert consents_for(NoticeTemplate.GROUP_FORMED) == (NoticeTemplate.GROUP_FORMED,)


def test_templates_come_from_the_environment() -> None:
    text = '{"group_formed": "tpl-1", "order_shipped": {"id": "tpl-2", "fields": {"thing9": "product"}}}'
    templates = load_settings(MessagingSettings, {"CHENGTUAN_WECHAT_TEMPLATES": text}).wechat_templates
    assert {key: value.id for key, value in templates.items()} == {"group_formed": "tpl-1", "order_shipped": "tpl-2"}
    assert templates[NoticeTemplate.GROUP_FORMED].fields == {"thing1": "product", "number2": "people"}
    assert templates[NoticeTemplate.ORDER_SHIPPED].fields == {"thing9": "product"}
    assert set(load_settings(MessagingSettings, {}).wechat_templates) == set(NoticeTemplate)


@pytest.mark.parametrize("text", ['{"unheard_of": "tpl"}', "[1]", "{", '{"group_formed": ""}'])
def test_bad_templates_stop_the_start(text: str) -> None:
    with pytest.raises(BadSettings, match="CHENGTUAN_WECHAT_TEMPLATES"):
        load_settings(MessagingSettings, {"CHENGTUAN_WECHAT_TEMPLATES": text})
