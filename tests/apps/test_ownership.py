"""Folder, keys and database are compared at every start; what does not fit is one sentence, and nothing is written."""

import base64
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from chengtuan.apps.composition import Composition
from chengtuan.apps.embedded import SetupProblem
from chengtuan.apps.embedded.mark import FolderMark, read_mark, write_mark
from chengtuan.apps.ownership import bring_up_to_date, filling, refuse_stranger
from chengtuan.apps.registry import MANIFESTS
from chengtuan.apps.server import composition_from, refuse_stranger_now
from chengtuan.apps.startup.commands import REFUSED, run_command
from chengtuan.apps.startup.own_database import holds_a_shop, kept_for_us
from chengtuan.kernel.clock import SystemClock
from chengtuan.platform.crypto import KeyRing
from chengtuan.platform.installation import Record, read_record
from tests.support.invariants import violations
from tests.support.world import KEYS, environment

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

OTHER_KEY = base64.b64encode(b"another key of thirty-two bytes!").decode()
FIELD, INDEX = ("CHENGTUAN_FIELD_KEY", f"1:{OTHER_KEY}"), ("CHENGTUAN_INDEX_KEY", OTHER_KEY)


def record_in(url: str) -> Record | None:
    with psycopg.connect(url) as connection:
        return read_record(connection)


def phones(url: str) -> list[str]:
    keys = KeyRing.parse(KEYS["CHENGTUAN_FIELD_KEY"], KEYS["CHENGTUAN_INDEX_KEY"])
    with psycopg.connect(url) as connection:
        rows = connection.execute("select phone, phone_index from accounts.person order by id").fetchall()
    opened = [keys.decrypt(phone, "accounts.person.phone") for phone, _ in rows]
    assert [keys.blind_index(phone, "accounts.phone") for phone in opened] == [bytes(index) for _, index in rows]
    return opened


def test_the_first_release_is_adopted_with_everything(
    new_database: Callable[..., str], first_release: str, tmp_path: Path
) -> None:
    url = new_database(first_release)
    assert record_in(url) is None
    environ = environment(url, tmp_path)
    bring_up_to_date(environ)
    record, mark = record_in(url), read_mark(tmp_path)
    assert record is not None
    assert mark == FolderMark(record.identity, founded=True)
    assert phones(url) == [f"+86138{number:08d}" for number in range(3)]
    assert violations(url, settled=False) == []
    refuse_stranger(environ)
    bring_up_to_date(environ)
    assert record_in(url) == record


@pytest.mark.parametrize("wrong", [FIELD, INDEX], ids=["field", "index"])
def test_an_old_shop_is_not_adopted_by_wrong_keys(
    new_database: Callable[..., str], first_release: str, tmp_path: Path, wrong: tuple[str, str]
) -> None:
    url = new_database(first_release)
    environ = environment(url, tmp_path) | dict([wrong])
    with pytest.raises(SetupProblem, match=r"The keys are not those .* put back its .*secrets\.env"):
        bring_up_to_date(environ)
    assert record_in(url) is None
    assert read_mark(tmp_path) is None


@pytest.mark.parametrize("wrong", [FIELD, INDEX], ids=["field", "index"])
def test_a_known_shop_does_not_open_with_other_keys(
    new_database: Callable[..., str], template_url: str, tmp_path: Path, wrong: tuple[str, str]
) -> None:
    """Even while it is empty: nothing sealed has to be there for the check."""
    assert template_url
    environ = environment(new_database("template_shop"), tmp_path)
    bring_up_to_date(environ)
    refuse_stranger(environ)
    for check in (bring_up_to_date, refuse_stranger):
        with pytest.raises(SetupProblem, match=r"The keys are not those"):
            check(environ | dict([wrong]))
    with pytest.raises(SetupProblem, match="must be a number, a colon and base64"):
        bring_up_to_date(environ | {"CHENGTUAN_FIELD_KEY": "1:short"})


def test_keys_may_be_added_by_migrate_and_by_nothing_else(
    new_database: Callable[..., str], template_url: str, tmp_path: Path
) -> None:
    assert template_url
    environ = environment(new_database("template_shop"), tmp_path)
    bring_up_to_date(environ)
    both = environ | {"CHENGTUAN_FIELD_KEY": f"2:{OTHER_KEY},{KEYS['CHENGTUAN_FIELD_KEY']}"}
    with pytest.raises(SetupProblem, match=r"does not know the field key 2 yet; run `chengtuan migrate`"):
        refuse_stranger(both)
    bring_up_to_date(both)
    refuse_stranger(both)
    for check in (bring_up_to_date, refuse_stranger):
        with pytest.raises(SetupProblem, match=r"another field key 2"):
            check(environ)  # what key 2 has sealed meanwhile could not be read
    internal = both | {"CHENGTUAN_INTERNAL_KEY": "new"}
    with pytest.raises(SetupProblem, match=r"CHENGTUAN_INTERNAL_KEY is not the one of this shop's other processes"):
        refuse_stranger(internal)
    bring_up_to_date(internal)  # it seals nothing, so whoever may migrate may change it
    refuse_stranger(internal)


@pytest.mark.feature("X2")
def test_a_folder_opens_its_own_database_only(
    new_database: Callable[..., str], template_url: str, tmp_path: Path
) -> None:
    assert template_url
    one, other = environment(new_database("template_shop"), tmp_path / "one"), new_database("template_shop")
    bring_up_to_date(one)
    bring_up_to_date(environment(other, tmp_path / "other"))
    for check in (bring_up_to_date, refuse_stranger):
        with pytest.raises(SetupProblem, match=r"one belongs to the shop .*, but the database to the shop"):
            check(one | {"CHENGTUAN_DATABASE_URL": other})
    empty = new_database()
    with pytest.raises(SetupProblem, match=r"the database that was named has never seen that shop"):
        bring_up_to_date(one | {"CHENGTUAN_DATABASE_URL": empty})
    assert not holds_a_shop(empty)


def test_a_new_folder_with_the_right_keys_joins(
    new_database: Callable[..., str], template_url: str, tmp_path: Path
) -> None:
    """Another machine of the same shop, or a folder that was lost while its keys were kept."""
    assert template_url
    first = environment(new_database("template_shop"), tmp_path / "first")
    bring_up_to_date(first)
    second = first | {"CHENGTUAN_DATA": str(tmp_path / "second")}
    refuse_stranger(second)
    bring_up_to_date(second)
    assert read_mark(tmp_path / "second") == read_mark(tmp_path / "first")
    # nor does a first start that was cut short before it had a database make a shop of a folder
    (tmp_path / "third").mkdir()
    write_mark(tmp_path / "third", FolderMark(uuid4(), founded=False))
    third = first | {"CHENGTUAN_DATA": str(tmp_path / "third")}
    bring_up_to_date(third)
    assert read_mark(tmp_path / "third") == read_mark(tmp_path / "first")


def test_one_process_at_a_time_decides_whose_database_it_is(
    new_database: Callable[..., str], template_url: str, tmp_path: Path
) -> None:
    """Two first starts at once would give it two identities."""
    assert template_url
    url = new_database("template_shop")
    with psycopg.connect(url, autocommit=True) as somebody, ThreadPoolExecutor() as pool:
        somebody.execute("select pg_advisory_lock(hashtext('chengtuan-ownership'))")
        deciding = pool.submit(bring_up_to_date, environment(url, tmp_path))
        while not wait([deciding], timeout=0.05).done:
            if somebody.execute("select 1 from pg_locks where locktype = 'advisory' and not granted").fetchone():
                break
        assert not deciding.done(), "it waits for the other one"
        assert record_in(url) is None
        somebody.execute("select pg_advisory_unlock_all()")
        deciding.result()
    assert record_in(url) is not None


def test_a_shop_half_filled_or_unknown_is_not_served(
    new_database: Callable[..., str], template_url: str, tmp_path: Path
) -> None:
    assert template_url
    environ = environment(new_database("template_shop"), tmp_path)
    with pytest.raises(SetupProblem, match=r"no shop yet, or one of an earlier release; run `chengtuan migrate`"):
        refuse_stranger(environ)
    bring_up_to_date(environ)
    with pytest.raises(KeyboardInterrupt), filling(environ["CHENGTUAN_DATABASE_URL"]):
        raise KeyboardInterrupt
    with pytest.raises(SetupProblem, match=r"`chengtuan seed` starts over"):
        refuse_stranger(environ)
    with filling(environ["CHENGTUAN_DATABASE_URL"]):
        pass
    refuse_stranger(environ)


async def test_a_process_admits_nobody_before_the_comparison(
    new_database: Callable[..., str], template_url: str, tmp_path: Path
) -> None:
    """Also one whose database was away when it started."""
    assert template_url
    environ = environment(new_database("template_shop"), tmp_path)
    bring_up_to_date(environ)
    write_mark(tmp_path, FolderMark(uuid4(), founded=True))
    with pytest.raises(SetupProblem, match="but the database to the shop"):
        async with composition_from(environ).open():
            pytest.fail("opened")
    refuse_stranger_now(environ | {"CHENGTUAN_DATABASE_URL": "host=127.0.0.1 port=1 dbname=away"})
    names = [manifest.name for manifest in MANIFESTS]
    async with Composition(environ=environ, clock=SystemClock(), modules=names).open():
        pass  # the control: without the comparison it would have opened


async def test_the_sentence_of_a_refusal_reaches_the_terminal(
    new_database: Callable[..., str], template_url: str, tmp_path: Path
) -> None:
    assert template_url
    environ = environment(new_database("template_shop"), tmp_path)
    bring_up_to_date(environ)
    write_mark(tmp_path, FolderMark(uuid4(), founded=True))
    for command in ("migrate", "serve"):
        with pytest.raises(SetupProblem) as refusal:
            await run_command(command, environment={**os.environ, **environ}, log=tmp_path / "log")
        assert str(refusal.value).startswith(f"{tmp_path} belongs to the shop")
        assert "\n" not in str(refusal.value)
    assert REFUSED not in {0, 1}


async def test_two_copies_never_run_over_one_database(new_database: Callable[..., str]) -> None:
    url = new_database()
    async with kept_for_us(url, print):
        with pytest.raises(SetupProblem, match="Another copy of Chengtuan runs on the database"):
            async with kept_for_us(url, print):
                pytest.fail("both ran")
    async with kept_for_us(url, print):
        pass
    with pytest.raises(SetupProblem, match="The database of CHENGTUAN_DATABASE_URL cannot be used"):
        holds_a_shop("host=127.0.0.1 port=1 dbname=away")
