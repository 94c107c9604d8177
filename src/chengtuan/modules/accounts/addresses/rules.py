"""What fits together in an address."""

from chengtuan.kernel.provinces import PROVINCE_CODES, may_hold_city, province_called
from chengtuan.modules.accounts.facade import Address, ProvinceMismatch
from chengtuan.modules.accounts.problems import BadRegion


def check_province(address: Address) -> None:
    """Freight goes by the code of the province and the parcel by its name: neither is taken for the other.

    What a person typed is refused, never changed. The city may not say another province.
    Raises BadRegion, ProvinceMismatch.
    """
    code = address.province_code
    if code not in PROVINCE_CODES:
        raise BadRegion
    if province_called(address.province) != code:
        raise ProvinceMismatch(province_code=code, named=address.province)
    if not may_hold_city(code, address.city):
        raise ProvinceMismatch(province_code=code, named=address.city)
