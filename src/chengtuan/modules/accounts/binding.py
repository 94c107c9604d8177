"""The facade's implementation: each operation is one use case."""

from uuid import UUID

from chengtuan.modules.accounts.context import Accounts
from chengtuan.modules.accounts.facade import (
    AccountsFacade,
    Address,
    Buyer,
    Contact,
    Profile,
    ShopperIdentity,
    StaffAccount,
    StaffIdentity,
)
from chengtuan.modules.accounts.usecases import identify_session, manage_addresses, manage_staff
from chengtuan.modules.accounts.usecases.add_staff import add_staff
from chengtuan.modules.accounts.usecases.get_buyer import get_buyer
from chengtuan.modules.accounts.usecases.get_contacts import get_contacts
from chengtuan.modules.accounts.usecases.get_profiles import get_profiles


class AccountsBinding(AccountsFacade):
    def __init__(self, ctx: Accounts) -> None:
        self._ctx = ctx

    async def identify_shopper(self, *, token: str) -> ShopperIdentity | None:
        return await identify_session.identify_shopper(self._ctx, token)

    async def identify_staff(self, *, token: str) -> StaffIdentity | None:
        return await identify_session.identify_staff(self._ctx, token)

    async def get_profiles(self, *, user_ids: list[UUID]) -> list[Profile]:
        return await get_profiles(self._ctx, user_ids)

    async def get_address(self, *, user_id: UUID, address_id: UUID) -> Address:
        return await manage_addresses.get_address(self._ctx, user_id, address_id)

    async def get_buyer(self, *, user_id: UUID, address_id: UUID) -> Buyer:
        return await get_buyer(self._ctx, user_id, address_id)

    async def get_contacts(self, *, user_ids: list[UUID]) -> list[Contact]:
        return await get_contacts(self._ctx, user_ids)

    async def add_staff(
        self,
        *,
        login: str,
        password: str,
        name: str,
        roles: list[str],
        merchant_id: UUID | None,
        must_change_password: bool = False,
    ) -> UUID:
        return await add_staff(
            self._ctx,
            login=login,
            password=password,
            name=name,
            roles=roles,
            merchant_id=merchant_id,
            must_change_password=must_change_password,
        )

    async def set_staff_roles(self, *, login: str, roles: list[str]) -> None:
        await manage_staff.set_staff_roles(self._ctx, login=login, roles=roles)

    async def list_staff(self) -> list[StaffAccount]:
        return await manage_staff.list_staff(self._ctx)

    async def set_staff_password(self, *, login: str, password: str) -> None:
        await manage_staff.set_staff_password(self._ctx, login=login, password=password)

    async def disable_staff(self, *, login: str) -> None:
        await manage_staff.disable_staff(self._ctx, login)

    async def enable_staff(self, *, login: str) -> None:
        await manage_staff.enable_staff(self._ctx, login)
