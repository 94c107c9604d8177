"""What other modules ask of `accounts` and `catalog` is the same from another process."""

from uuid import uuid4

import pytest

from chengtuan.modules.accounts.facade import AccountsFacade, AddressNotFound, LoginTaken, ShopperIdentity
from chengtuan.modules.catalog.facade import CatalogFacade, ProductDraft, ProductNotFound, SkuDraft
from chengtuan.modules.catalog.problems import UnknownCategory
from chengtuan.platform.facades import bind_remote
from tests.modules.accounts.support import PHONE, facade_of
from tests.support.world import World

pytestmark = pytest.mark.postgres
DRAFT = ProductDraft(
    name={"en": "Rice"},
    summary={"en": "Rice"},
    description={"en": "Rice"},
    category_slug="pantry",
    images=["/media/rice.webp"],
    list_price_fen=None,
    skus=[SkuDraft(name={"en": "5 kg"}, solo_price_fen=500)],
)


async def test_people_are_known_over_the_network(world: World) -> None:
    remote = bind_remote(AccountsFacade, world.client, world.composition.signer)
    local = facade_of(world)
    person = await world.sign_in(PHONE)
    assert await remote.identify_shopper(token=person.token) == ShopperIdentity(user_id=person.id, absorbed=[])
    assert await remote.identify_shopper(token="令牌") is None
    assert await remote.identify_staff(token=person.token) is None
    ids = [person.id, uuid4()]
    assert await remote.get_profiles(user_ids=ids) == await local.get_profiles(user_ids=ids) != []
    assert await remote.get_contacts(user_ids=ids) == await local.get_contacts(user_ids=ids) != []
    with pytest.raises(AddressNotFound):
        await remote.get_address(user_id=person.id, address_id=uuid4())
    staff = {"login": "root", "password": "long enough", "name": "Root", "roles": ["platform_admin"]}
    await remote.add_staff(**staff, merchant_id=None)  # type: ignore[arg-type]
    with pytest.raises(LoginTaken):
        await remote.add_staff(**staff, merchant_id=None)  # type: ignore[arg-type]


async def test_the_catalogue_is_seeded_over_the_network(world: World) -> None:
    remote = bind_remote(CatalogFacade, world.client, world.composition.signer)
    with pytest.raises(UnknownCategory):
        await remote.add_product(merchant_id=uuid4(), product=DRAFT, demo=True, publish=True)
    with pytest.raises(ProductNotFound):
        await remote.get_product(product_id=uuid4())
