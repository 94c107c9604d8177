from abc import abstractmethod
from uuid import UUID

from chengtuan.modules.accounts.facade.contracts import (
    Address,
    Buyer,
    Contact,
    Profile,
    ShopperIdentity,
    StaffAccount,
    StaffIdentity,
)
from chengtuan.platform.facades import Facade, operation


class AccountsFacade(Facade):
    """People: who is signed in, what may be shown of them, where and how they are reached."""

    module = "accounts"

    @operation
    @abstractmethod
    async def identify_shopper(self, *, token: str) -> ShopperIdentity | None:
        """The person whose session the token opens; None if it is unknown or over."""

    @operation
    @abstractmethod
    async def identify_staff(self, *, token: str) -> StaffIdentity | None:
        """The member of staff whose session the token opens; None if it is unknown or over."""

    @operation
    @abstractmethod
    async def get_profiles(self, *, user_ids: list[UUID]) -> list[Profile]:
        """Profiles in any order; unknown people are left out."""

    @operation
    @abstractmethod
    async def get_address(self, *, user_id: UUID, address_id: UUID) -> Address:
        """One of the person's own addresses. Raises AddressNotFound, ProvinceMismatch."""

    @operation
    @abstractmethod
    async def get_buyer(self, *, user_id: UUID, address_id: UUID) -> Buyer:
        """What an order needs of a person, at one of their own addresses. Raises AddressNotFound, ProvinceMismatch.

        The account as it is now, also if the id is of one that was united into it.
        """

    @operation
    @abstractmethod
    async def get_contacts(self, *, user_ids: list[UUID]) -> list[Contact]:
        """How people can be reached now, by the ids that are asked for; unknown people are left out."""

    @operation
    @abstractmethod
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
        """Create a console account; roles are names of `Role`.

        Raises BadLogin, WeakPassword, LoginTaken, RolesDoNotFit.
        """

    @operation
    @abstractmethod
    async def set_staff_roles(self, *, login: str, roles: list[str]) -> None:
        """Replace somebody's roles; their sessions follow at once. Raises StaffNotFound, RolesDoNotFit."""

    @operation
    @abstractmethod
    async def list_staff(self) -> list[StaffAccount]:
        """Every console account, by login."""

    @operation
    @abstractmethod
    async def set_staff_password(self, *, login: str, password: str) -> None:
        """Replace a password by one to be changed at the next sign-in; sessions and known devices end.

        Raises StaffNotFound, WeakPassword.
        """

    @operation
    @abstractmethod
    async def disable_staff(self, *, login: str) -> None:
        """Sign somebody out everywhere and let nobody sign in any more. Raises StaffNotFound."""

    @operation
    @abstractmethod
    async def enable_staff(self, *, login: str) -> None:
        """Let somebody sign in again. Raises StaffNotFound, RolesDoNotFit."""
