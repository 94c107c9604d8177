"""`chengtuan seed`: fills an empty database with the demo shop."""

import json
import shutil
import time
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
from psycopg import sql

from chengtuan.apps.demo.catalogue import Catalogue, load_catalogue
from chengtuan.apps.demo.flash import announce_flash_sales
from chengtuan.apps.demo.people import gather_people, phone_of
from chengtuan.apps.demo.shelves import fill_shelves
from chengtuan.apps.demo.staff import HELPERS, PASSWORD, PLATFORM, add_merchants, login_of, sign_in_staff
from chengtuan.apps.demo.stage import Stage, open_stage
from chengtuan.apps.demo.story import HISTORY, Story, tell
from chengtuan.apps.ownership import filling, refuse_stranger
from chengtuan.kernel.clock import SHANGHAI, clock_for
from chengtuan.platform.installation import FILLING, read_record
from chengtuan.platform.logs import configure_logs
from chengtuan.platform.settings import PlatformSettings, load_settings

PICTURES = Path(__file__).parents[4] / "demo" / "pictures"
ACCOUNTS_FILE = "demo-accounts.json"
_UNFINISHED_OF_OLD = ".seeding"
"""The first release marked an unfinished seeding in the folder; today the database says it."""
_DEMO_PHONES = 5


async def seed_demo(environ: Mapping[str, str], *, force: bool) -> int:
    """Exit status 0. A seeding that was interrupted is begun again; a shop with data is left alone.

    Raises SetupProblem for a database of another shop.
    """
    platform = load_settings(PlatformSettings, environ)
    configure_logs("warning")
    refuse_stranger(environ, also_half_filled=True)
    if _interrupted(platform):
        print("an earlier seeding was interrupted: starting over", flush=True)
        _empty(platform.database_url)
        for file in (platform.data / "sandbox").glob("ledger.sqlite3*"):
            file.unlink()  # payments of orders that are no more
    lived_in = _has_data(platform.database_url)
    if lived_in and not force:
        print("the shop has data already: nothing to do", flush=True)
        return 0
    # a shop that has other data is never marked: what is marked may be emptied
    with nullcontext() if lived_in else filling(platform.database_url):
        _place_pictures(platform.data / "media")
        catalogue = load_catalogue()
        await _tell_story(environ, platform, catalogue)
        _write_accounts(platform.data / ACCOUNTS_FILE, catalogue)
        (platform.data / _UNFINISHED_OF_OLD).unlink(missing_ok=True)
    return 0


async def _tell_story(environ: Mapping[str, str], platform: PlatformSettings, catalogue: Catalogue) -> None:
    now = clock_for(platform.clock_file).now()
    quiet = {**environ, "CHENGTUAN_SMS_NOTICES": "0"}  # nobody wants last week's texts
    async with open_stage(quiet, platform.data, now - HISTORY) as stage:
        owners = await add_merchants(stage, catalogue)
        goods = await fill_shelves(stage, catalogue, owners)
        print(f"{len(owners)} merchants, {len(goods)} products are on the shelf", flush=True)
        people = await gather_people(stage, catalogue)
        story = Story(stage, people, goods, now)
        tell(story)
        await story.play(_Progress().show)
        await announce_flash_sales(story, catalogue, now)
        await _reconcile(stage, now)


async def _reconcile(stage: Stage, now: datetime) -> None:
    """Each day of the history against the provider's bill, up to the last one whose bill is surely there."""
    platform = await sign_in_staff(stage, "admin")
    today = now.astimezone(SHANGHAI).date()
    for days_ago in range(HISTORY.days, 1, -1):
        await platform.call("POST", f"/payments/console/reconciliations/{today - timedelta(days=days_ago)}")


class _Progress:
    """A line every few seconds."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def show(self, done: int, total: int) -> None:
        if done == total or time.monotonic() - self._last > 2:
            self._last = time.monotonic()
            print(f"history: {done} of {total} steps", flush=True)


def _interrupted(platform: PlatformSettings) -> bool:
    with psycopg.connect(platform.database_url) as connection:
        record = read_record(connection)
    unfinished = record is not None and record.state == FILLING
    return unfinished or (platform.data / _UNFINISHED_OF_OLD).exists()


def _has_data(database_url: str) -> bool:
    with psycopg.connect(database_url) as connection:
        return connection.execute("select 1 from merchants.merchant limit 1").fetchone() is not None


def _empty(database_url: str) -> None:
    """Only ever called on a shop that was being filled with demo data and never opened.

    The ledger's guards are put aside for this one transaction, as the owner of a table may.
    """
    with psycopg.connect(database_url) as connection:
        tables = connection.execute(
            "select schemaname, tablename from pg_tables where tableowner like 'chengtuan\\_%'"
            " and schemaname <> 'platform' and tablename <> 'alembic_version'"
        ).fetchall()
        names = [sql.Identifier(*table) for table in tables]
        for guards in ("disable", "enable"):
            for name in names:
                connection.execute(sql.SQL("alter table {} {} trigger user").format(name, sql.SQL(guards)))
            if guards == "disable":
                connection.execute(sql.SQL("truncate {} cascade").format(sql.SQL(", ").join(names)))


def _place_pictures(media: Path) -> None:
    if PICTURES.is_dir():
        shutil.copytree(PICTURES, media, dirs_exist_ok=True)
    else:
        print("demo/pictures is missing (`make run` composes it): the shop has no pictures", flush=True)


def _write_accounts(path: Path, catalogue: Catalogue) -> None:
    owners = [
        {"login": login_of(merchant["key"]), "password": PASSWORD, "what": merchant["name"]["zh-Hant"]}
        for merchant in catalogue.merchants
    ]
    first = owners[0]["login"]
    helpers = [{"login": f"{first}.{one.login}", "password": PASSWORD, "what": one.what} for one in HELPERS]
    platform = [{"login": one.login, "password": PASSWORD, "what": one.what} for one in PLATFORM]
    accounts = {
        "phones": [phone_of(number) for number in range(_DEMO_PHONES)],
        "console": [*owners, *helpers, *platform],
    }
    path.write_text(json.dumps(accounts, ensure_ascii=False, indent=1), encoding="utf-8")
