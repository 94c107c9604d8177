"""The facade's implementation: each operation is the use case of its name."""

from chengtuan.modules.merchants.context import MerchantsContext
from chengtuan.modules.merchants.facade import MerchantsFacade
from chengtuan.modules.merchants.usecases.add_merchant import add_merchant
from chengtuan.modules.merchants.usecases.get_merchant import get_merchant
from chengtuan.platform.facades import implement


def facade_of(ctx: MerchantsContext) -> MerchantsFacade:
    return implement(MerchantsFacade, ctx, get_merchant, add_merchant)
