"""Uploading pictures over HTTP."""

import errno
import os
from pathlib import Path

import pytest

from chengtuan.platform.http.bodies import MAX_UPLOAD_BYTES
from tests.modules.catalog.support import (
    CATALOG,
    CONSOLE,
    PRODUCT,
    create,
    execute,
    merchant_of,
    open_shop,
    picture,
    upload,
)
from tests.support.world import Person, World

pytestmark = pytest.mark.postgres


def uploads_of(world: World) -> list[Path]:
    folder = Path(world.environ["CHENGTUAN_DATA"]) / "media" / "uploads"
    return sorted(folder.iterdir()) if folder.exists() else []


async def test_a_picture_is_kept_served_and_used(world: World) -> None:
    owner = await open_shop(world)
    answer = await upload(owner, picture(size=(2000, 1000)))
    assert answer.status_code == 201, answer.text
    media = answer.json()
    assert (media["width"], media["height"]) == (1600, 800)
    assert media["url"] == f"/media/uploads/{uploads_of(world)[0].name}"
    served = await world.client.get(media["url"])
    assert (served.status_code, served.headers["content-type"]) == (200, "image/webp")
    assert served.content == uploads_of(world)[0].read_bytes()
    assert (await create(owner, images=[media["url"]]))["images"] == [media["url"]]
    assert (await upload(owner, picture(size=(2000, 1000)))).json() == media
    rows = await execute(world, "select url, merchant_id, bytes from catalog.media")
    assert rows == [(media["url"], await merchant_of(owner), len(served.content))]


NO_PICTURES = [b"", b"not a picture", picture("GIF", mode="P"), picture()[:300]]


@pytest.mark.feature("F24")
async def test_what_is_no_picture_is_refused_and_not_kept(world: World) -> None:
    owner = await open_shop(world)
    for content in NO_PICTURES:
        answer = await upload(owner, content, "../../evil.php")
        assert (answer.status_code, answer.json()["code"]) == (422, "catalog/bad-image")
        assert uploads_of(world) == []


async def test_an_upload_over_ten_megabytes_is_refused(world: World) -> None:
    owner = await open_shop(world)
    answer = await upload(owner, picture() + b"\0" * MAX_UPLOAD_BYTES)
    assert (answer.status_code, answer.json()["code"]) == (413, "platform/too-large")
    assert answer.json()["limit_bytes"] == MAX_UPLOAD_BYTES
    assert uploads_of(world) == []


async def test_a_full_disk_is_an_outage_and_leaves_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = await open_shop(world)

    def no_room(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(os, "fsync", no_room)
        answer = await upload(owner, picture())
    assert (answer.status_code, answer.json()["code"]) == (503, "platform/unavailable")
    assert int(answer.headers["retry-after"]) > 0
    assert uploads_of(world) == []
    assert (await upload(owner, picture())).status_code == 201


async def test_the_name_of_the_upload_does_not_matter(world: World) -> None:
    owner = await open_shop(world)
    answer = await upload(owner, picture(), "../../../etc/cron.d/evil\x00.php")
    assert answer.status_code == 201
    assert answer.json()["url"].startswith("/media/uploads/")
    assert [path.suffix for path in uploads_of(world)] == [".webp"]


async def test_only_staff_of_a_merchant_may_upload(world: World) -> None:
    await open_shop(world)
    shopper = await world.sign_in("13800138000")
    for token in (shopper.token, "x" * 43):
        answer = await upload(Person(world.client, token, shopper.id), picture())
        assert answer.status_code == 401
    assert uploads_of(world) == []


async def test_a_form_without_a_file_is_a_bad_request(world: World) -> None:
    owner = await open_shop(world)
    headers = {"Authorization": f"Bearer {owner.token}"}
    for answer in (
        await world.client.post(f"{CATALOG}/console/media", headers=headers),
        await world.client.post(f"{CATALOG}/console/media", json={"file": "x"}, headers=headers),
        await world.client.post(f"{CATALOG}/console/media", data={"file": "x"}, headers=headers),
        await world.client.post(
            f"{CATALOG}/console/media",
            content=b"garbage",
            headers=headers | {"content-type": "multipart/form-data; boundary=x"},
        ),
    ):
        assert answer.status_code == 422, answer.text
        assert answer.headers["content-type"] == "application/problem+json"


async def test_uploads_are_limited_for_each_merchant(world: World) -> None:
    owner, other = await open_shop(world, "shop"), await open_shop(world, "other")
    statuses = [(await upload(owner, b"no picture")).status_code for _ in range(101)]
    assert statuses == [422] * 100 + [429]
    assert (await upload(other, picture())).status_code == 201
    assert (await owner.post(CONSOLE, PRODUCT)).status_code == 201
