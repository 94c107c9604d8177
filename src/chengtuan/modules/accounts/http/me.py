"""The signed-in person: profile, phone, address book."""

from uuid import UUID

from fastapi import APIRouter, Request

from chengtuan.kernel.problems import InvalidRequest, NotSignedIn, PartnerUnavailable
from chengtuan.modules.accounts.context import Accounts
from chengtuan.modules.accounts.facade import AddressNotFound
from chengtuan.modules.accounts.http.schemas import (
    Address,
    AddressEdit,
    AddressInput,
    AddressList,
    Me,
    MePatch,
    PhoneCodeInput,
    UnionInput,
    WechatPhoneInput,
)
from chengtuan.modules.accounts.problems import (
    AddressChanged,
    BadNicknameChosen,
    BadPhone,
    BadRegion,
    CodeExpired,
    PhoneOfAnotherWechat,
    PhoneTaken,
    ProofNeeded,
    TooManyAddresses,
    UnionExpired,
    WechatRefused,
    WrongCode,
)
from chengtuan.modules.accounts.usecases import manage_addresses
from chengtuan.modules.accounts.usecases.bind_phone import bind_phone_by_code, bind_phone_by_wechat
from chengtuan.modules.accounts.usecases.change_profile import change_profile
from chengtuan.modules.accounts.usecases.get_me import get_me
from chengtuan.modules.accounts.usecases.unite_accounts import unite_accounts
from chengtuan.platform.http.access import CurrentShopper
from chengtuan.platform.http.client_ip import client_ip
from chengtuan.platform.http.problems import problems


def profile_routes(ctx: Accounts) -> APIRouter:
    router = APIRouter(prefix="/me", tags=["accounts"])

    @router.get("", responses=problems(NotSignedIn))
    async def read_me(shopper: CurrentShopper) -> Me:
        """The signed-in person."""
        return Me.of(await get_me(ctx, shopper.user_id))

    @router.patch("", responses=problems(NotSignedIn, InvalidRequest, BadNicknameChosen))
    async def change_me(body: MePatch, shopper: CurrentShopper) -> Me:
        """Change nickname or picture; what is missing stays."""
        return Me.of(await change_profile(ctx, shopper.user_id, nickname=body.nickname, avatar=body.avatar))

    @router.post(
        "/phone",
        responses=problems(
            NotSignedIn,
            InvalidRequest,
            BadPhone,
            WrongCode,
            CodeExpired,
            ProofNeeded,
            PhoneTaken,
            PhoneOfAnotherWechat,
        ),
    )
    async def bind_phone(body: PhoneCodeInput, shopper: CurrentShopper, request: Request) -> Me:
        """Take the phone that a code was sent to, instead of the one before."""
        address = client_ip(request)
        return Me.of(await bind_phone_by_code(ctx, shopper.user_id, body.attempt(), client_address=address))

    @router.post(
        "/phone/wechat",
        responses=problems(
            NotSignedIn,
            InvalidRequest,
            BadPhone,
            WechatRefused,
            PhoneTaken,
            PhoneOfAnotherWechat,
            PartnerUnavailable,
        ),
    )
    async def bind_wechat_phone(body: WechatPhoneInput, shopper: CurrentShopper) -> Me:
        """Take over the phone number that WeChat knows, with the person's consent."""
        return Me.of(await bind_phone_by_wechat(ctx, shopper.user_id, code=body.code))

    @router.post("/union", responses=problems(NotSignedIn, InvalidRequest, UnionExpired, PhoneOfAnotherWechat))
    async def unite_my_accounts(body: UnionInput, shopper: CurrentShopper) -> Me:
        """Make one account of this one and the one whose phone was proven: orders, groups, addresses, limits; for good.

        The older account stays. Sessions of this one go on, those of the other end. Repeating it changes nothing.
        """
        return Me.of(await unite_accounts(ctx, shopper.user_id, claim=body.claim))

    return router


def address_routes(ctx: Accounts) -> APIRouter:
    router = APIRouter(prefix="/me/addresses", tags=["accounts"])

    @router.get("", responses=problems(NotSignedIn))
    async def list_my_addresses(shopper: CurrentShopper) -> AddressList:
        """All of the person's addresses, the default first."""
        saved = await manage_addresses.list_addresses(ctx, shopper.user_id)
        return AddressList(items=[Address.of(one) for one in saved])

    @router.post(
        "",
        status_code=201,
        responses=problems(NotSignedIn, InvalidRequest, BadPhone, BadRegion, TooManyAddresses),
    )
    async def add_my_address(body: AddressInput, shopper: CurrentShopper) -> Address:
        """Keep a new address; the first one becomes the default."""
        return Address.of(
            await manage_addresses.add_address(ctx, shopper.user_id, body.address(), is_default=body.is_default)
        )

    @router.put(
        "/{address_id}",
        responses=problems(NotSignedIn, InvalidRequest, BadPhone, BadRegion, AddressNotFound, AddressChanged),
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
