"""Merchants with their owners, and one member of staff for every other role."""

from dataclasses import dataclass
from uuid import UUID

from chengtuan.apps.demo.catalogue import Catalogue
from chengtuan.apps.demo.stage import Actor, Stage
from chengtuan.modules.accounts.facade import AccountsFacade
from chengtuan.modules.merchants.facade import MerchantsFacade
from chengtuan.platform.permissions import Role

PASSWORD = "chengtuan-demo"  # noqa: S105  (printed at every start of the demo shop)


@dataclass(frozen=True)
class Member:
    """A member of staff besides the owners. `what` is for the list of accounts."""

    login: str
    name: str
    role: Role
    what: str


HELPERS = (
    Member("operator", "何曉雯", Role.MERCHANT_OPERATOR, "營運 (operator)"),
    Member("warehouse", "陳阿貴", Role.MERCHANT_WAREHOUSE, "倉庫 (warehouse)"),
    Member("service", "林怡君", Role.MERCHANT_SERVICE, "客服 (customer service)"),
    Member("finance", "吳國樑", Role.MERCHANT_FINANCE, "財務 (finance)"),
)
"""Of the first merchant; each login comes after the owner's and a dot."""
PLATFORM = (
    Member("admin", "平台管理", Role.PLATFORM_ADMIN, "平台管理 (platform)"),
    Member("operator", "平台營運", Role.PLATFORM_OPERATOR, "平台營運 (platform operator)"),
    Member("auditor", "平台稽核", Role.PLATFORM_AUDITOR, "平台稽核 (platform auditor)"),
)


async def add_merchants(stage: Stage, catalogue: Catalogue) -> dict[str, Actor]:
    """Merchants with an owner each; the owner's login is the first word of the merchant's key."""
    owners: dict[str, Actor] = {}
    for merchant in catalogue.merchants:
        key = merchant["key"]
        merchant_id: UUID = await stage.facade(MerchantsFacade).add_merchant(
            name=merchant["name"], intro=merchant["intro"], logo_url=f"/media/merchants/{key}.webp", demo=True
        )
        await _add_staff(stage, login_of(key), merchant["name"]["zh-Hant"], Role.MERCHANT_OWNER, merchant_id)
        owners[key] = await sign_in_staff(stage, login_of(key))
        if key == catalogue.merchants[0]["key"]:
            for helper in HELPERS:
                await _add_staff(stage, f"{login_of(key)}.{helper.login}", helper.name, helper.role, merchant_id)
    for member in PLATFORM:
        await _add_staff(stage, member.login, member.name, member.role, None)
    return owners


def login_of(merchant_key: str) -> str:
    return merchant_key.partition("-")[0]


async def _add_staff(stage: Stage, login: str, name: str, role: Role, merchant_id: UUID | None) -> None:
    await stage.facade(AccountsFacade).add_staff(
        login=login, password=PASSWORD, name=name, roles=[role], merchant_id=merchant_id
    )


async def sign_in_staff(stage: Stage, login: str) -> Actor:
    anybody = Actor(stage, {})
    session = await anybody.call("POST", "/accounts/staff/sessions", {"login": login, "password": PASSWORD})
    return Actor(stage, {"Authorization": f"Bearer {session['token']}"})
