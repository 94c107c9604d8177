"""The head of a page as chats and search engines read it: what a link leads to, in their language."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from chengtuan.apps.shop.links import Link
from chengtuan.kernel.clock import SHANGHAI
from chengtuan.kernel.text import LANGUAGES, in_language
from chengtuan.modules.trade.facade import LinkCard, LinkProgress

_LOCALES = {"zh-Hant": "zh_TW", "zh-Hans": "zh_CN", "en": "en_US"}
_GENERAL = {
    "home": ("app.name", "app.slogan"),
    "category": ("app.name", "app.slogan"),
    "flash": ("flash.title", "flash.zoneText"),
}
"""Pages for everybody, with their title and what they are about."""
_SEPARATOR = " · "
_IN_SCRIPT = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&"}
_HIDDEN = '<meta name="robots" content="noindex">'
"""For what is somebody's own, or soon over: found by its link alone."""


@dataclass(frozen=True)
class Words:
    """The client's texts in one language."""

    language: str
    texts: Mapping[str, str]

    def say(self, key: str, **values: object) -> str:
        text = self.texts[key]
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", str(value))
        return text


def head_of(page: str | None, address: str, origin: str, words: Words, link: Link | None) -> str:
    """Tags in the place of the document's title; `page` is None where there is none at `address`."""
    site, url = words.say("app.name"), f"{origin}{address}"
    if link is None:
        tags = [f"<title>{escape(site)}</title>"]
        general = _GENERAL.get(page or "")
        tags += _told(words.say(general[0]), words.say(general[1]), url, words) if general else [_HIDDEN]
        return _lines(tags)
    card = link.card
    name = in_language(card.name, words.language)
    in_group = page == "group"
    title = _invitation(card, name, words) if page != "product" else name
    tags = [f"<title>{escape(f'{name} - {site}')}</title>", *_told(title, _description(card, words), url, words)]
    tags += [*_picture(link, origin), *_price(card, in_group=in_group)]
    tags.append(_HIDDEN if page != "product" else _structured(link, name, url, origin))
    return _lines(tags)


def _told(title: str, description: str, url: str, words: Words) -> list[str]:
    others = [_LOCALES[language] for language in LANGUAGES if language != words.language]
    return [
        f'<meta name="description" content="{escape(description)}">',
        f'<link rel="canonical" href="{escape(url)}">',
        _property("og:title", title),
        _property("og:description", description),
        _property("og:url", url),
        _property("og:site_name", words.say("app.name")),
        _property("og:locale", _LOCALES[words.language]),
        *(_property("og:locale:alternate", locale) for locale in others),
    ]


def _picture(link: Link, origin: str) -> list[str]:
    if not link.card.image_url:
        return []
    tags = [_property("og:image", _absolute(link.card.image_url, origin))]
    if link.width and link.height:
        tags += [_property("og:image:width", str(link.width)), _property("og:image:height", str(link.height))]
    return tags


def _price(card: LinkCard, *, in_group: bool) -> list[str]:
    """What it costs by this link: alone, in the flash sale or in the group that it leads to."""
    fen = card.group_price_fen if in_group and card.group_price_fen is not None else card.solo_price_fen
    fen = card.flash.price_fen if card.flash else fen
    return [
        _property("og:type", "product"),
        _property("product:price:amount", yuan(fen)),
        _property("product:price:currency", "CNY"),
    ]


def _structured(link: Link, name: str, url: str, origin: str) -> str:
    """For search engines: only what everybody can have at once, so the price for one who buys alone."""
    card = link.card
    offer = {
        "@type": "Offer",
        "url": url,
        "price": yuan(card.solo_price_fen),
        "priceCurrency": "CNY",
        "availability": f"https://schema.org/{'OutOfStock' if card.sold_out else 'InStock'}",
    }
    product: dict[str, Any] = {"@context": "https://schema.org", "@type": "Product", "name": name, "offers": offer}
    if card.image_url:
        product["image"] = _absolute(card.image_url, origin)
    # a script's text ends at the first "</script", whatever it means in JSON
    text = json.dumps(product, ensure_ascii=False).translate(_IN_SCRIPT)
    return f'<script type="application/ld+json">{text}</script>'


def _invitation(card: LinkCard, name: str, words: Words) -> str:
    """What the client's own share says of a group or of a flash sale."""
    if card.flash:
        return words.say("flash.share", price=yuan(card.flash.price_fen), name=name)
    price = yuan(card.group_price_fen if card.group_price_fen is not None else card.solo_price_fen)
    progress = card.progress
    if progress is not None and progress.missing > 0 and not progress.full:
        return words.say("group.shareAsk", progress=_progress(progress, words), price=price, name=name)
    return words.say("group.shareJoin", price=price, name=name)


def _description(card: LinkCard, words: Words) -> str:
    parts = []
    if card.flash:
        parts.append(f"{words.say('flash.title')} ¥{yuan(card.flash.price_fen)}")
        if not card.flash.has_begun:
            parts.append(words.say("flash.startsAt", time=f"{card.flash.starts_at.astimezone(SHANGHAI):%m-%d %H:%M}"))
    if card.group_price_fen is not None:
        people = "–".join(str(each) for each in card.people)
        group = words.say("listing.ladderPeople" if card.ladder else "listing.people", n=people)
        parts.append(f"{group} ¥{yuan(card.group_price_fen)}")
    parts.append(words.say("listing.solo", price=yuan(card.solo_price_fen)))
    if card.progress is not None:
        parts.append(_progress(card.progress, words))
    if card.sold_out:
        parts.append(words.say("listing.soldOut"))
    return _SEPARATOR.join(parts)


def _progress(progress: LinkProgress, words: Words) -> str:
    """As `progressText` of the client."""
    if progress.full and progress.held > 0:
        return words.say("progress.held", n=progress.held)
    if progress.goal == "none":
        return words.say("progress.top")
    key = "progress.form" if progress.goal == "form" else "progress.tier"
    return words.say(key + ("One" if progress.missing == 1 else ""), n=progress.missing)


def yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def _absolute(url: str, origin: str) -> str:
    return origin + url if url.startswith("/") else url


def _property(name: str, content: str) -> str:
    return f'<meta property="{name}" content="{escape(content)}">'


def _lines(tags: Sequence[str]) -> str:
    return "\n    ".join(tags)
