"""What others' shops did to the pictures that merchants took with their phones."""

import base64
from io import BytesIO

import httpx
import pytest
from PIL import Image

from chengtuan.modules.catalog.pictures.rules.remaking import remake
from tests.modules.catalog.test_pictures import HEIC, bomb, near, opened
from tests.support.shop import Shop

RED, GREEN = (255, 0, 0), (0, 128, 0)


HEIC_TURNED = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAYdtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAACJp"
    "bG9jAAAAAERAAAEAAQAAAAABqwABAAAAAAAAADIAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRtAAAAAAAB"
    "AAABB2lwcnAAAADmaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEA"
    "AQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkAAAATY29scm5jbHgAAQANAAaAAAAA"
    "FGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAAEAAAAABAAAAMAAAAAEAAAAAAAAAAv////AAAAACAAAAEHBpeGkAAAAAAwgICAAAAAlp"
    "cm90AQAAABlpcG1hAAAAAAAAAAEAAQaBAgMFhIYAAAA6bWRhdAAAAC4oAa8ZgPeESQx/Z8fuQ3/JwM/s9PaPLlJrK4yM7b/2kOs+an5N"
    "CEscS0wgsjyg"
)
"""The same with a quarter turn to the left in its container, where phones write it."""


def _two_colours(mode: str = "RGB", size: tuple[int, int] = (64, 48)) -> Image.Image:
    """Red, its upper left quarter green."""
    image = Image.new("RGB", size, RED)
    image.paste(GREEN, (0, 0, size[0] // 2, size[1] // 2))
    return image.convert(mode)


def _is_upright(webp: bytes, quarter: tuple[int, int]) -> bool:
    """Whether only the quarter at this corner is green: 0 or 1 from the left, 0 or 1 from the top."""
    image = opened(webp).convert("RGB")
    for column in (0, 1):
        for row in (0, 1):
            place = (image.width * (1 + 2 * column) // 4, image.height * (1 + 2 * row) // 4)
            red, green, _ = image.getpixel(place)  # type: ignore[misc]
            if (green > red) != ((column, row) == quarter):
                return False
    return True


def test_a_print_shops_colours_are_kept_without_a_profile() -> None:
    """https://github.com/nopSolutions/nopCommerce/issues/5231: CMYK pictures changed their colours."""
    source = BytesIO()
    Image.new("CMYK", (40, 40), (0, 255, 255, 0)).save(source, "JPEG", quality=95)
    assert near(remake(source.getvalue()).webp, RED)


@pytest.mark.parametrize("sideways", [1, 6])
def test_a_phones_picture_of_several_is_a_picture(sideways: int) -> None:
    """https://github.com/wagtail/wagtail/issues/729, https://github.com/agschwender/pilbox/issues/34,
    https://github.com/python-pillow/Pillow/issues/1138, https://github.com/lucyparsons/OpenOversight/pull/1098

    Phones append a second picture (depth, brightness, the other eye): "MPO" was refused though its name ends in
    .jpg, and what is behind the first picture may show more than the photographer knows.
    """
    exif = Image.Exif()
    exif[0x0112] = sideways
    source = BytesIO()
    secret = Image.new("RGB", (64, 48), (0, 0, 255))
    _two_colours().save(source, "MPO", save_all=True, append_images=[secret], exif=exif, quality=95)
    with Image.open(BytesIO(source.getvalue())) as seen:
        assert seen.format == "MPO"
    made = remake(source.getvalue())
    assert (made.width, made.height) == ((64, 48) if sideways == 1 else (48, 64))
    assert _is_upright(made.webp, (0, 0) if sideways == 1 else (1, 0))
    assert getattr(opened(made.webp), "n_frames", 1) == 1


def test_a_heic_is_turned_once() -> None:
    """https://github.com/strukturag/libheif/issues/227, https://github.com/imgproxy/imgproxy/issues/736,
    https://github.com/catdad-experiments/heic-convert/issues/23: HEIC came out on its side, or turned twice.
    """
    assert _is_upright(remake(HEIC).webp, (0, 0))
    made = remake(HEIC_TURNED)
    assert (made.width, made.height) == (48, 64)
    assert _is_upright(made.webp, (0, 1))


async def _upload(shop: Shop, content: bytes, name: str) -> httpx.Response:
    return await shop.world.client.post(
        "/api/v1/catalog/console/media", files={"file": (name, content)}, headers=shop.merchant._headers()
    )


async def test_what_cannot_be_shown_is_refused_by_name(shop: Shop) -> None:
    """https://github.com/zulip/zulip/issues/11215, https://github.com/Sylius/Sylius/issues/5744,
    https://github.com/baserow/baserow/issues/3013: a huge picture was an internal error, or said "no file".
    """
    script = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    for content, reason in (
        (bomb(30_000, 30_000), "too_many_pixels"),
        (script, "unsupported"),
        (HEIC[:300], "damaged"),
    ):
        answer = await _upload(shop, content, "photo.jpg")
        assert (answer.status_code, answer.json()["code"], answer.json()["reason"]) == (
            422,
            "catalog/bad-image",
            reason,
        )
