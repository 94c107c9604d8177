"""A payment leads back to the shop; what looks like the shop and is not leads nowhere."""

import pytest

from chengtuan.modules.payments.rules.returns import leads_home, origins_of
from tests.modules.payments.stage import Stage

OWN = origins_of("https://shop.example/", "http://127.0.0.1:8000")


@pytest.mark.parametrize(
    ("url", "home"),
    [
        ("https://shop.example/#/result", True),
        ("https://SHOP.example:443/a?b=1", True),
        ("http://127.0.0.1:8000/result", True),
        ("http://localhost:8000/result", True),
        ("http://shop.example/", False),
        ("https://shop.example:8443/", False),
        ("http://localhost:8001/", False),
        ("https://evil.example/", False),
        ("https://shop.example.evil.example/", False),
        ("https://shop.example@evil.example/", False),
        ("https://evil.example@shop.example/", False),
        ("https://shop.example\\@evil.example/", False),
        ("https://evil.example\\.shop.example/", False),
        ("https:/shop.example/", False),
        ("//shop.example/", False),
        ("javascript:alert(1)//https://shop.example", False),
        ("https://shop.example:99999/", False),
        ("https://shop.example\t/", False),
        ("/result", False),
        ("", False),
    ],
)
def test_only_the_shops_own_addresses_lead_home(url: str, home: bool) -> None:
    assert leads_home(url, OWN) is home


def test_a_setting_that_is_no_address_is_found_at_the_start() -> None:
    with pytest.raises(ValueError, match=r"'shop\.example' is no http address"):
        origins_of("shop.example")


async def test_another_hosts_address_does_not_reach_the_cashier(stage: Stage) -> None:
    hand_over = await stage.open("wechat_h5", return_url="https://evil.example/#/result")
    assert hand_over.redirect_url is not None
    assert "evil" not in hand_over.redirect_url
    assert "redirect_url" not in hand_over.redirect_url
    page = await stage.desk.get(hand_over.redirect_url)
    assert page.status_code == 200, "it can be paid all the same"
