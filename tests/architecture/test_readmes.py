"""What a module's page lists is what its manifest, its facade and its templates say."""

from pathlib import Path

import pytest

from chengtuan.apps.registry import MANIFESTS
from chengtuan.modules.messaging.rules.notices import NoticeTemplate
from chengtuan.platform.facades import operations_of
from chengtuan.platform.module import ModuleManifest

ROOT = Path(__file__).parents[2]
WHOLE = ("src/chengtuan/modules/messaging/README.md", "docs/how-to/own-wechat-keys.md")
"""Pages that list all templates of messages."""


def readme(manifest: ModuleManifest) -> str:
    return (ROOT / "src/chengtuan/modules" / manifest.name / "README.md").read_text(encoding="utf-8")


def unnamed_events(manifest: ModuleManifest, text: str) -> list[str]:
    """What a module hears of and its page does not name, by its class or by its name on the wire."""
    heard = {event.__name__: event.wire_name.split(".")[1] for event in manifest.subscribes}
    return [name for name, wire in heard.items() if f"`{name}`" not in text and f".{wire}`" not in text]


def unnamed_operations(manifest: ModuleManifest, text: str) -> list[str]:
    """Operations that a page lacks which lists those of its facade."""
    if manifest.facade is None or "**Facade**" not in text:
        return []
    return [name for name, _ in operations_of(manifest.facade) if f"`{name}`" not in text]


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda manifest: manifest.name)
def test_a_modules_page_names_what_it_hears_and_offers(manifest: ModuleManifest) -> None:
    text = readme(manifest)
    assert unnamed_events(manifest, text) == []
    assert unnamed_operations(manifest, text) == []


def test_what_a_page_leaves_out_would_be_seen() -> None:
    by_name = {manifest.name: manifest for manifest in MANIFESTS}
    assert unnamed_events(by_name["messaging"], readme(by_name["messaging"]).replace("`ParcelSent`", "")) == [
        "ParcelSent"
    ]
    catalog = by_name["catalog"]
    assert unnamed_operations(catalog, readme(catalog).replace("`keep_prices`", "")) == ["keep_prices"]


@pytest.mark.parametrize("page", WHOLE)
def test_pages_about_messages_name_all_of_them(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    assert [str(name) for name in NoticeTemplate if f"`{name}`" not in text] == []
