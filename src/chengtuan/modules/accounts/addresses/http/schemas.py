"""The address book."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from chengtuan.modules.accounts import facade
from chengtuan.modules.accounts.addresses.usecases.manage_addresses import SavedAddress
from chengtuan.modules.accounts.people.http.schemas import PhoneText
from chengtuan.platform.http.fields import Version, VersionOut
from chengtuan.platform.http.typed_fields import Line

PlaceName = Annotated[str, Line(60)]


class AddressInput(BaseModel):
    name: Annotated[str, Line(50, least=1)]
    phone: PhoneText
    province_code: Annotated[
        str,
        StringConstraints(pattern=r"^[0-9]{6}$"),
        Field(description="GB/T 2260", examples=["440000"]),
    ]
    province: Annotated[str, Line(60, least=1)]
    city: PlaceName
    district: PlaceName
    detail: Annotated[str, Line(200, least=1)]
    is_default: bool = False

    def address(self) -> facade.Address:
        return facade.Address(**self.model_dump(exclude={"is_default", "version"}))


class AddressEdit(AddressInput):
    version: Version


class Address(BaseModel):
    """One of the person's own addresses; `phone` in E.164."""

    id: UUID
    name: str
    phone: str
    province_code: str
    province: str
    city: str
    district: str
    detail: str
    is_default: bool
    version: VersionOut

    @staticmethod
    def of(saved: SavedAddress) -> "Address":
        return Address(id=saved.id, is_default=saved.is_default, version=saved.version, **vars(saved.address))


class AddressList(BaseModel):
    items: list[Address]
