"""Takes the pictures of docs/images from a running copy: `.venv/bin/python -m scripts.take_pictures [ADDRESS]`.

Needs Chromium. Phones stand side by side in shop.png, the console's pages one over the other in console.png.
"""

import asyncio
import io
import json
import shutil
import sys
import urllib.request
from collections.abc import Sequence
from typing import Any

from PIL import Image, ImageDraw
from playwright.async_api import Browser, Page, ViewportSize, async_playwright

from scripts.progress import ROOT

FOLDER = ROOT / "docs" / "images"
PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1280, "height": 760}
_GROUND = (238, 231, 221)
_MOST_BYTES = 300_000


def ask(address: str, path: str) -> Any:
    """An answer of the public API."""
    with urllib.request.urlopen(f"{address}/api/v1{path}") as answer:  # noqa: S310 — the address is typed by hand
        return json.load(answer)


def fullest_group(address: str) -> dict[str, Any]:
    """A running group with the most members, best one with steps."""
    listings = ask(address, "/trade/listings?sort=forming&limit=50")["items"]
    groups = [
        ask(address, f"/trade/groups/{listing['nearest_group']['id']}")
        for listing in listings
        if listing["nearest_group"]
    ]
    best: dict[str, Any] = max(groups, key=lambda group: (group["kind"] == "ladder", group["paid"]))
    return best


async def shot(page: Page, url: str) -> Image.Image:
    """A page when its pictures are there."""
    await page.goto(url)
    await page.wait_for_load_state("networkidle")
    await page.wait_for_timeout(1500)
    return Image.open(io.BytesIO(await page.screenshot())).convert("RGB")


async def shop_pictures(browser: Browser, address: str) -> list[Image.Image]:
    group = fullest_group(address)
    context = await browser.new_context(
        viewport=PHONE, locale="zh-TW", is_mobile=True, has_touch=True, device_scale_factor=1.5
    )
    page = await context.new_page()
    pictures = [
        await shot(page, f"{address}/{path}")
        for path in (
            "",
            f"product/{group['product_id']}",
            f"group/{group['id']}",
        )
    ]
    await context.close()
    return pictures


async def console_pictures(browser: Browser, address: str) -> list[Image.Image]:
    context = await browser.new_context(viewport=DESKTOP, locale="zh-TW")
    page = await context.new_page()
    await page.goto(f"{address}/console/")
    await page.locator("[data-test=login] input, input[data-test=login]").first.fill("shanhai")
    await page.locator("[data-test=password] input, input[data-test=password]").first.fill("chengtuan-demo")
    await page.locator("[data-test=sign-in]").click()
    await page.wait_for_load_state("networkidle")
    pictures = [await shot(page, f"{address}/console/#/{path}") for path in ("campaigns", "orders")]
    await context.close()
    return pictures


def rounded(picture: Image.Image, radius: int) -> Image.Image:
    mask = Image.new("L", picture.size, 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, *picture.size), radius, fill=255)
    shown = Image.new("RGB", picture.size, _GROUND)
    shown.paste(picture, mask=mask)
    return shown


def compose(pictures: Sequence[Image.Image], *, across: bool, width: int, gap: int) -> Image.Image:
    """The pictures beside (or below) each other on a calm ground, `width` pixels wide."""
    total = sum(picture.width if across else picture.height for picture in pictures) + gap * (len(pictures) + 1)
    other = max(picture.height if across else picture.width for picture in pictures) + 2 * gap
    sheet = Image.new("RGB", (total, other) if across else (other, total), _GROUND)
    place = gap
    for picture in pictures:
        sheet.paste(rounded(picture, gap // 2), (place, gap) if across else (gap, place))
        place += (picture.width if across else picture.height) + gap
    return sheet.resize((width, round(sheet.height * width / sheet.width)), Image.Resampling.LANCZOS)


def keep(picture: Image.Image, name: str) -> None:
    """As a PNG with few colours, which screens of flat areas do not miss."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / name
    picture.quantize(128, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}: {picture.width} x {picture.height}, {path.stat().st_size // 1000} kB")
    if path.stat().st_size > _MOST_BYTES:
        raise SystemExit(f"{name} is larger than {_MOST_BYTES // 1000} kB; make it smaller")


async def main(address: str) -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        shop, console = await shop_pictures(browser, address), await console_pictures(browser, address)
        await browser.close()
    keep(compose(shop, across=True, width=1080, gap=40), "shop.png")
    keep(compose(console, across=False, width=1000, gap=28), "console.png")


if __name__ == "__main__":
    asyncio.run(main((sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000").rstrip("/")))
