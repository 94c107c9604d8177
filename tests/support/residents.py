"""Shoppers who are there already: made by the product's own steps that end a sign-in, without its messages."""

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from chengtuan.modules.accounts.addresses.usecases.manage_addresses import add_address
from chengtuan.modules.accounts.facade import Address
from chengtuan.modules.accounts.people.rules.phones import parse_phone
from chengtuan.modules.accounts.signing_in.moves import person_of_phone, welcome
from tests.support.world import Person, World


async def move_in(
    world: World, phone: str, address: Mapping[str, Any], language: str = "zh-Hant"
) -> tuple[Person, UUID]:
    """The account with that phone, signed in, and its address's id.

    `World.sign_in` does it with a text message as people do, which takes ten times as long.
    """
    ctx = cast("Any", world.composition.running["accounts"].built.facade)._ctx
    async with ctx.database.write() as tx:
        known = await person_of_phone(tx, ctx.keys, parse_phone(phone), "zh-Hant")
        session = (await welcome(tx, ctx.keys, known, language="zh-Hant")).session
    home = {name: value for name, value in address.items() if name != "is_default"}
    saved = await add_address(ctx, known.id, Address(**home), is_default=bool(address["is_default"]))
    return Person(world.client, session.token, known.id), saved.id
