"""The shop's pages for browsers: one document for all addresses, which tells what the link leads to."""

from chengtuan.apps.shop.build import has_pages
from chengtuan.apps.shop.files import ShopFiles, ShopSettings
from chengtuan.apps.shop.links import Links

__all__ = ["Links", "ShopFiles", "ShopSettings", "has_pages"]
