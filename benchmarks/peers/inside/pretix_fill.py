"""An organizer, a shop with goods and quotas, and one with little stock: `python pretix_fill.py PRODUCTS OUT`."""

import json
import os
import sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import django
from django.apps import apps
from django.db import connection, transaction
from django.utils.timezone import now
from django_scopes import scopes_disabled

MUCH, LITTLE = 10_000_000, 50
DESCRIPTION = "Picked this morning, sent this afternoon. " * 10


def open_shop(organizer: object, slug: str, count: int, stock: int) -> list[int]:
    """Each of the goods with a quota of its own, paid by bank transfer; no names are asked of the buyers."""
    event = apps.get_model("pretixbase", "Event").objects.create(
        organizer=organizer,
        name=f"Orchard {slug}",
        slug=slug,
        currency="EUR",
        date_from=now() + timedelta(days=30),
        live=True,
        is_public=True,
        plugins="pretix.plugins.banktransfer",
    )
    event.set_defaults()
    settings = {
        "payment_banktransfer__enabled": True,
        "payment_banktransfer_bank_details_type": "other",
        "payment_banktransfer_bank_details": "Orchard Bank",
        "attendee_names_asked": False,
        "attendee_emails_asked": False,
        "ticket_download": False,
        "max_items_per_order": 10,
    }
    for name, value in settings.items():
        event.settings.set(name, value)
    items = []
    for number in range(count):
        item = event.items.create(
            name=f"Pomelo {number}", description=DESCRIPTION, default_price=Decimal("100.00"), active=True
        )
        quota = event.quotas.create(name=f"Pomelo {number}", size=stock)
        quota.items.add(item)
        items.append(item.pk)
    return items


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pretix.settings")
    django.setup()
    with scopes_disabled(), transaction.atomic():
        organizer = apps.get_model("pretixbase", "Organizer").objects.create(
            name="Orchard", slug="orchard", plugins="pretix.plugins.banktransfer"
        )
        filled = {
            "much": open_shop(organizer, "much", int(sys.argv[1]), MUCH),
            "little": open_shop(organizer, "little", 1, LITTLE),
        }
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")
    Path(sys.argv[2]).write_text(json.dumps(filled))


main()
