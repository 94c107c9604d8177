"""Goods, stock and signed-in customers with an address: `python oscar_fill.py PRODUCTS CUSTOMERS OUT`."""

import json
import os
import sys
from pathlib import Path

import django
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.cached_db import SessionStore
from django.db import connection, transaction
from oscar.core.loading import get_model

MUCH, LITTLE = 10_000_000, 50
DESCRIPTION = "Picked this morning, sent this afternoon. " * 10


def fill_shelf(count: int) -> list[int]:
    """Everything in one category; the last of the products has little stock."""
    kind = get_model("catalogue", "ProductClass").objects.create(name="Fruit")
    partner = get_model("partner", "Partner").objects.create(name="Orchard")
    category = get_model("catalogue", "Category").add_root(name="Fresh", slug="fresh")
    products = []
    for number in range(count):
        product = get_model("catalogue", "Product").objects.create(
            product_class=kind, title=f"Pomelo {number}", slug=f"pomelo-{number}", description=DESCRIPTION
        )
        product.categories.add(category)
        get_model("partner", "StockRecord").objects.create(
            product=product,
            partner=partner,
            partner_sku=f"sku-{number}",
            price=100,
            num_in_stock=LITTLE if number == count - 1 else MUCH,
        )
        products.append(product.pk)
    return products


def gather_customers(count: int) -> list[dict[str, str]]:
    """Signed in without hashing a password each."""
    country = get_model("address", "Country").objects.create(
        iso_3166_1_a2="CN", printable_name="China", name="CHINA", is_shipping_country=True
    )
    users = get_user_model()
    customers = []
    for number in range(count):
        user = users(username=f"shopper{number}", email=f"shopper{number}@example.com", password="!")
        user.save()
        address = get_model("address", "UserAddress").objects.create(
            user=user,
            first_name="Lin",
            last_name="Xiaoman",
            line1="1 Park Road",
            line4="Shenzhen",
            country=country,
            postcode="518000",
        )
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "oscar.apps.customer.auth_backends.EmailBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        customers.append({"session": session.session_key, "address": str(address.pk)})
    return customers


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "oscar_settings")
    django.setup()
    with transaction.atomic():
        filled = {"products": fill_shelf(int(sys.argv[1])), "customers": gather_customers(int(sys.argv[2]))}
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")
    Path(sys.argv[3]).write_text(json.dumps(filled))


main()
