"""A stored product as other modules see it."""

from chengtuan.modules.catalog.facade import ProductChanged, ProductSnapshot
from chengtuan.modules.catalog.products.rows.products import ProductRow


def snapshot_of(row: ProductRow) -> ProductSnapshot:
    return ProductSnapshot(
        product_id=row.id,
        merchant_id=row.merchant_id,
        merchant_name=row.merchant_name,
        name=row.name,
        image_url=row.images[0],
        category_slug=row.category_slug,
        list_price_fen=row.list_price_fen,
        skus=row.skus,
        published=row.published,
        version=row.version,
    )


def changed(row: ProductRow) -> ProductChanged:
    return ProductChanged(product_id=row.id, product=snapshot_of(row))
