"""All modules, lowest first: a module's dependencies stand above it."""

from collections.abc import Sequence

from chengtuan.modules.accounts.module import ACCOUNTS
from chengtuan.modules.catalog.module import CATALOG
from chengtuan.modules.fulfilment.module import FULFILMENT
from chengtuan.modules.merchants.module import MERCHANTS
from chengtuan.modules.messaging.module import MESSAGING
from chengtuan.modules.payments.module import PAYMENTS
from chengtuan.modules.trade.module import TRADE
from chengtuan.platform.events import Routes
from chengtuan.platform.module import ModuleManifest

MANIFESTS: tuple[ModuleManifest, ...] = (ACCOUNTS, MERCHANTS, CATALOG, PAYMENTS, TRADE, FULFILMENT, MESSAGING)


def routes_of(manifests: Sequence[ModuleManifest]) -> Routes:
    """Which modules consume each event."""
    routes: dict[str, tuple[str, ...]] = {}
    for manifest in manifests:
        for event in manifest.subscribes:
            routes[event.wire_name] = (*routes.get(event.wire_name, ()), manifest.name)
    return routes
