"""What others' consoles let people do to themselves, to each other, and to what they may not see."""

import pytest

from chengtuan.platform.permissions import Role
from tests.modules.accounts.support import ACCOUNTS, request
from tests.modules.accounts.test_colleagues import PASSWORD, STAFF, add, change, enter, member, outcome, owner
from tests.regressions.evidence import rows
from tests.support.shop import Shop
from tests.support.world import World


@pytest.mark.parametrize("role", [role for role in Role if role.value.startswith("platform")])
async def test_nobody_becomes_more_than_they_are(world: World, role: Role) -> None:
    """https://github.com/cubecart/v6/issues/2190, https://github.com/statamic/cms/issues/927,
    https://github.com/own-pay/OwnPay/issues/212, https://github.com/saleor/saleor/issues/1966,
    https://github.com/smartstore/SmartStoreNET/issues/806

    Whoever could manage people could give themselves, or a helper, every right there is.
    """
    ann, clerk = await owner(world), await member(world, "clerk", Role.MERCHANT_OPERATOR)
    assert outcome(await add(ann, roles=[role])) == (422, "accounts/roles-do-not-fit")
    assert outcome(await add(ann, roles=["merchant_owner", role])) == (422, "accounts/roles-do-not-fit")
    assert outcome(await change(ann, clerk.id, roles=[role])) == (403, "accounts/beyond-own-permissions")
    assert outcome(await change(ann, ann.id, roles=["merchant_owner", role])) == (409, "accounts/not-oneself")
    for answer in (
        await add(clerk, roles=["merchant_owner"]),
        await change(clerk, clerk.id, roles=["merchant_owner"]),
        await clerk.post(f"{STAFF}/{ann.id}/password"),
        await clerk.get(STAFF),
    ):
        assert outcome(answer) == (403, "platform/not-allowed")
    me = (await clerk.get(f"{ACCOUNTS}/staff/me")).json()
    assert me["roles"] == ["merchant_operator"]


async def test_there_is_always_somebody_left_who_can_manage(world: World) -> None:
    """https://github.com/vendurehq/vendure/issues/1307, https://github.com/own-pay/OwnPay/issues/210,
    https://github.com/sfbrigade/bats-server/issues/325, https://github.com/smartstore/Smartstore/issues/1045: the last
    one who could, deleted or demoted themselves, and nobody could get in any more.
    """
    ann, ben = await owner(world), await owner(world, "ben")

    for who in (ann, ben):
        for refused in (
            await change(who, who.id, roles=["merchant_finance"]),
            await who.post(f"{STAFF}/{who.id}/disable"),
        ):
            assert outcome(refused) == (409, "accounts/not-oneself")
    assert (await ann.post(f"{STAFF}/{ben.id}/disable")).status_code == 200
    assert (await ben.get(f"{ACCOUNTS}/staff/me")).status_code == 401
    assert outcome(await change(ann, ann.id, roles=["merchant_finance"])) == (409, "accounts/not-oneself")
    assert (await enter(world, "ann", PASSWORD)).status_code == 201


async def test_whoever_manages_nobody_keeps_their_own_account(world: World) -> None:
    """https://github.com/saleor/saleor/issues/11691: one's own settings wanted the right to manage all staff."""
    clerk = await member(world, "clerk", Role.MERCHANT_FINANCE)
    assert (await clerk.get(f"{ACCOUNTS}/staff/me")).json()["login"] == "clerk"
    typed = {"current": PASSWORD, "new": "a fresh long password"}
    changed = await request(clerk, "POST", "staff/me/password", typed)
    assert changed.status_code == 204, changed.text
    assert (await enter(world, "clerk", "a fresh long password")).status_code == 201


async def test_a_search_tells_nothing_that_is_masked(shop: Shop) -> None:
    """https://github.com/Admidio/admidio/issues/2015, https://github.com/dotkom/onlineweb4/issues/796,
    https://github.com/OpenTreeMap/otm-core/issues/175, https://github.com/prisma/prisma1/issues/711

    What somebody might not see they could guess: the search said whether they were right.
    """
    buyer = await shop.shopper(1)
    order = await buyer.order("solo")
    finance = await member(shop.world, "fin", Role.MERCHANT_FINANCE, of=shop.merchant_id)
    platform = await member(shop.world, "plat", Role.PLATFORM_ADMIN, of=None)
    path = "/api/v1/trade/console/orders"
    for query in ("林小滿", "林小", "13900001111", "+86 139 0000 1111", "科技園"):
        right = [(await who.get(path, q=query)).json()["items"] for who in (finance, platform)]
        wrong = [(await who.get(path, q=_otherwise(query))).json()["items"] for who in (finance, platform)]
        assert [len(found) for found in right] == [len(found) for found in wrong], query
    mine = await shop.merchant.get(path, q="13900001111")
    assert [found["id"] for found in mine.json()["items"]] == [order["id"]]
    assert rows(shop, "select count(*) from trade.shop_order") == [(1,)]


def _otherwise(query: str) -> str:
    """As good a guess that is wrong in what the mask hides."""
    return query.replace("小", "大").replace("0000", "1234").replace("科技", "科學")
