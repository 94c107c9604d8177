"""What a device's token and a proof of work are good for, and for whom: each line here once could be taken away."""

from datetime import timedelta

from chengtuan.modules.accounts.sessions.rules import DEVICE_LIFETIME, MAX_DEVICES
from tests.modules.accounts.support import execute, proof_for
from tests.modules.accounts.test_staff import PASSWORD, add_staff, enter
from tests.support.world import World


async def known_device(world: World, login: str, device: str | None = None) -> str:
    answer = await enter(world, login, PASSWORD, device=device)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["device"])


async def is_known(world: World, login: str, device: str) -> bool:
    """Whether it is let through where strangers have used up everything."""
    for number in range(11):
        await enter(world, login, f"guess {number}")
    return (await enter(world, login, PASSWORD, device=device)).status_code == 201


async def test_a_device_of_one_member_of_staff_is_a_stranger_to_another(world: World) -> None:
    await add_staff(world, "ann")
    await add_staff(world, "ben")
    device = await known_device(world, "ann")
    assert not await is_known(world, "ben", device)
    assert await is_known(world, "ann", device)


async def test_a_device_is_given_another_token_where_another_person_signs_in(world: World) -> None:
    await add_staff(world, "ann")
    await add_staff(world, "ben")
    device = await known_device(world, "ann")
    assert await known_device(world, "ann", device) == device
    assert await known_device(world, "ben", device) != device
    assert await is_known(world, "ann", device), "it still is Ann's"


async def test_a_device_is_forgotten_half_a_year_after_it_last_signed_in(world: World) -> None:
    await add_staff(world, "ann")
    device = await known_device(world, "ann")
    world.clock.advance(DEVICE_LIFETIME - timedelta(days=1))
    assert await known_device(world, "ann", device) == device, "and counts from now on anew"
    world.clock.advance(DEVICE_LIFETIME)
    assert not await is_known(world, "ann", device)


async def test_of_too_many_devices_the_one_that_signed_in_longest_ago_is_forgotten(world: World) -> None:
    await add_staff(world, "ann")
    first = await known_device(world, "ann")
    world.clock.advance(timedelta(minutes=1))
    second = await known_device(world, "ann")
    for _ in range(MAX_DEVICES - 1):
        world.clock.advance(timedelta(minutes=1))
        await known_device(world, "ann")
    assert await execute(world, "select count(*) from accounts.device") == [(MAX_DEVICES,)]
    assert await is_known(world, "ann", second)
    assert not await is_known(world, "ann", first)


async def test_an_easy_proof_is_not_kept_for_when_it_has_become_hard(world: World) -> None:
    await add_staff(world, "ann")
    for number in range(10):
        await enter(world, "ann", f"guess {number}")
    easy = proof_for(await enter(world, "ann", "guess"))
    # a hundred failures of this login from this address, of which ten are free
    await execute(
        world,
        "update accounts.rate_limit set full_at = %s where key like 'staff_pair:%%'",
        world.clock.now() + timedelta(minutes=150),
    )
    refused = await enter(world, "ann", PASSWORD, proof=easy)
    assert (refused.status_code, refused.json()["bits"]) == (428, 19)
