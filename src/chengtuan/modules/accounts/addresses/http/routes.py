"""The signed-in person's address book."""

from uuid import UUID

from fastapi import APIRouter

from chengtuan.kernel.problems import InvalidRequest, NotSignedIn
from chengtuan.modules.accounts.addresses.http.schemas import Address, AddressEdit, AddressInput, AddressList
from chengtuan.modules.accounts.addresses.usecases import manage_addresses
from chengtuan.modules.accounts.context import AccountsContext
from chengtuan.modules.accounts.facade import AddressNotFound, ProvinceMismatch
from chengtuan.modules.accounts.problems import (
    AddressChanged,
    BadPhone,
    BadRegion,
    TooManyAddresses,
)
from chengtuan.platform.http.access import CurrentShopper
from chengtuan.platform.http.problems import problems
from chengtuan.platform.http.section import Section


def address_routes(ctx: AccountsContext) -> APIRouter:
    router = Section(prefix="/api/v1/accounts/me/addresses", tags=["accounts"])

    @router.get("", responses=problems(NotSignedIn))
    async def list_my_addresses(shopper: CurrentShopper) -> AddressList:
        """All of the person's addresses, the default first."""
        saved = await manage_addresses.list_addresses(ctx, shopper.user_id)
        return AddressList(items=[Address.of(one) for one in saved])

    @router.post(
        "",
        status_code=201,
        responses=problems(NotSignedIn, InvalidRequest, BadPhone, BadRegion, ProvinceMismatch, TooManyAddresses),
    )
    async def add_my_address(body: AddressInput, shopper: CurrentShopper) -> Address:
        """Keep a new address; the first one becomes the default."""
        return Address.of(
            await manage_addresses.add_address(ctx, shopper.user_id, body.address(), is_default=body.is_default)
        )

    @router.put(
        "/{address_id}",
        responses=problems(
            NotSignedIn, InvalidRequest, BadPhone, BadRegion, ProvinceMismatch, AddressNotFound, AddressChanged
        ),
    )
    async def change_my_address(address_id: UUID, body: AddressEdit, shopper: CurrentShopper) -> Address:
        """Replace an address; orders that were placed with it keep what they had."""
        return Address.of(
            await manage_addresses.change_address(
                ctx, shopper.user_id, address_id, body.address(), is_default=body.is_default, version=body.version
            )
        )

    @router.delete("/{address_id}", status_code=204, responses=problems(NotSignedIn, InvalidRequest, AddressNotFound))
    async def remove_my_address(address_id: UUID, shopper: CurrentShopper) -> None:
        """Forget an address; if it was the default, the newest other one becomes it."""
        await manage_addresses.remove_address(ctx, shopper.user_id, address_id)

    return router
