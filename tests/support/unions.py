"""One person with two accounts, and how they become one."""

from dataclasses import dataclass
from datetime import timedelta

from tests.modules.fulfilment.support import wechat_buyer
from tests.support.shop import Buyer, Shop
from tests.support.world import Person


@dataclass(frozen=True)
class TwoAccounts:
    """Somebody who bought by `phone` in the browser and with the openid in the mini program.

    The account of the browser is the older one: it stays.
    """

    browser: Buyer
    mini_program: Buyer
    phone: str

    async def unite(self) -> Buyer:
        """As one account, from the mini program, by the phone that WeChat knows; the browser's session is over."""
        shop, session = self.mini_program.shop, self.mini_program.person
        code = (await shop.world.partner.post("/desk/api/phone-code", json={"phone": self.phone})).json()["code"]
        refused = await session.post("/api/v1/accounts/me/phone/wechat", {"code": code})
        assert (refused.status_code, refused.json()["code"]) == (409, "accounts/phone-taken"), refused.text
        united = await session.post("/api/v1/accounts/me/union", {"claim": refused.json()["claim"]})
        assert united.status_code == 200, united.text
        person = Person(session.client, session.token, self.browser.person.id)
        return Buyer(shop, person, self.browser.address_id)


async def two_accounts(shop: Shop, number: int = 1) -> TwoAccounts:
    browser = await shop.shopper(number)
    shop.world.clock.advance(timedelta(seconds=1))
    mini_program, _ = await wechat_buyer(shop, f"Ann {number}")
    return TwoAccounts(browser, mini_program, f"138{number:08d}")
