"""What a screen reader and a keyboard would trip over, on every page that a journey comes by.

axe-core (https://github.com/dequelabs/axe-core) is asked about the page as it is shown before somebody goes on from
it: once in a run for each page, and once more with something open over it, or on a narrow screen. Whatever it calls
serious or critical is a complaint, and fails the journey; so does a check that could not be made.
"""

import json
from functools import cache
from typing import Any

from playwright.async_api import Error

from tests.journeys.running_shop import ROOT
from tests.support.people import Person

AXE = ROOT / "clients" / "shop" / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = ("serious", "critical")
_LOOK = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations.map(
  v => ({rule: v.id, impact: v.impact, where: v.nodes.slice(0, 3).map(n => n.html.slice(0, 160))}))"""
_STATE = """() => location.pathname + location.hash.split('?')[0] + ['.sheet', '.uni-modal', '.el-dialog', '.el-drawer',
  'dialog[open]'].filter(s => [...document.querySelectorAll(s)].some(e => e.getClientRects().length)).join('')
  + (innerWidth < 600 ? ' narrow' : '')"""
_WENT_ON = ("Execution context was destroyed", "Cannot find context with specified id", "Frame was detached")
"""What the browser says when the page went on to another one meanwhile: that is looked at when somebody comes by."""
# What fades in or is being pressed has other colours for a moment; what turns for ever is not waited for.
_REST = """async () => {
  const moving = () => document.querySelector('.down') || document.getAnimations().some(
    a => a.playState === 'running' && a.effect?.getComputedTiming().endTime !== Infinity)
  for (const end = Date.now() + 3000; moving() && Date.now() < end;) await new Promise(r => setTimeout(r, 50))
}"""
_seen: set[str] = set()


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")


async def violations(person: Person) -> list[dict[str, Any]]:
    """What axe finds grave on the page that the person sees, once nothing moves any more."""
    await person.page.evaluate(_REST)
    await person.page.evaluate(_axe())
    found: list[dict[str, Any]] = await person.page.evaluate(_LOOK)
    return [violation for violation in found if violation["impact"] in GRAVE]


async def look(person: Person) -> None:
    """Notes complaints about the page on the screen, unless this run has looked at it already."""
    state = ""
    try:
        state = await person.page.evaluate(_STATE)
        if not state or state in _seen:
            return
        _seen.add(state)
        for violation in await violations(person):
            person.complaints.append(f"not accessible: {state}: {json.dumps(violation, ensure_ascii=False)}")
    except Error as error:
        _seen.discard(state)
        if not any(words in error.message for words in _WENT_ON):
            person.complaints.append(f"could not be looked at: {state}: {error.message}")
