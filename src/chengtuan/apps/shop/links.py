"""What shared links lead to, read as seldom as the pages themselves."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import structlog
from pydantic import TypeAdapter

from chengtuan.kernel.problems import Problem
from chengtuan.modules.trade.facade import LinkCard, TradeFacade
from chengtuan.modules.trade.topics import flash_topic, group_topic, offer_topic
from chengtuan.platform import deadline
from chengtuan.platform.http.hot import HotPages, Made
from chengtuan.platform.outages import may_pass

log = structlog.get_logger(__name__)
_PATIENCE_S = 1.0
"""A visitor wants the page; what it says to others must not keep them waiting."""
_MEDIA = "/media/"
Show = Callable[[UUID], Awaitable[LinkCard | None]]
Topic = Callable[[UUID], str]


@dataclass(frozen=True)
class Link:
    """Pixels are known of pictures that lie here."""

    card: LinkCard
    width: int | None = None
    height: int | None = None


_links: TypeAdapter[Link | None] = TypeAdapter(Link | None)


class Links:
    """A crowd at one link reads it once, and a change is seen at once, of stock within a second: they are kept as hot
    pages are."""

    def __init__(self, trade: TradeFacade, hot: HotPages, media: Path) -> None:
        self._hot = hot
        self._media = media
        self._kinds: Mapping[str, tuple[Topic, Show]] = {
            "product": (offer_topic, lambda subject: trade.show_product_link(product_id=subject)),
            "group": (group_topic, lambda subject: trade.show_group_link(group_id=subject)),
            "flashSale": (flash_topic, lambda subject: trade.show_flash_sale_link(sale_id=subject)),
        }

    async def find(self, page: str, subject_id: UUID) -> Link | None:
        """What the page leads to; None for pages about nothing, for what strangers are not shown, and in outages."""
        if page not in self._kinds:
            return None
        topic_of, show = self._kinds[page]

        async def make() -> Made:
            card = await show(subject_id)
            return Made(_links.dump_json(await asyncio.to_thread(self._measured, card) if card else None))

        # no path begins like this, so that nobody is answered with it
        key = f"link:{page}/{subject_id}"
        with deadline.within(_PATIENCE_S):
            try:
                return _links.validate_json((await self._hot.page(key, [topic_of(subject_id)], make)).body)
            except Exception as error:
                if not isinstance(error, Problem) and not may_pass(error):
                    log.exception("link_not_told", page=page)
                return None

    def _measured(self, card: LinkCard) -> Link:
        if card.image_url.startswith(_MEDIA):
            from PIL import Image  # here: a process that shows no pages does without

            try:
                with Image.open(self._media / card.image_url.removeprefix(_MEDIA)) as picture:
                    return Link(card, *picture.size)
            except (OSError, ValueError):
                pass
        return Link(card)
