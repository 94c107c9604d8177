"""Signs requests in by asking the accounts module, wherever it runs."""

from chengtuan.modules.accounts.facade import AccountsFacade
from chengtuan.platform.http.access import Shopper, Staff


class FacadeAuthenticator:
    def __init__(self, accounts: AccountsFacade) -> None:
        self._accounts = accounts

    async def shopper(self, token: str) -> Shopper | None:
        shopper = await self._accounts.identify_shopper(token=token)
        return Shopper(shopper.user_id, frozenset(shopper.absorbed)) if shopper else None

    async def staff(self, token: str) -> Staff | None:
        staff = await self._accounts.identify_staff(token=token)
        if staff is None:
            return None
        return Staff.of(
            staff.staff_id,
            staff.merchant_id,
            staff.roles,
            staff.name,
            must_change_password=staff.must_change_password,
        )
