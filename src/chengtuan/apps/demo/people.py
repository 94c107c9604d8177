"""The demo's shoppers: signed in by phone code, with a name, a face and an address."""

from chengtuan.apps.demo.catalogue import Catalogue
from chengtuan.apps.demo.stage import Actor, Stage, StoryBroken


def phone_of(number: int) -> str:
    """Fictional numbers; the first five are printed at every start."""
    return f"138{number + 1:08d}"


async def gather_people(stage: Stage, catalogue: Catalogue) -> list[Actor]:
    return [await _sign_in(stage, catalogue, number) for number in range(len(catalogue.shoppers))]


async def _sign_in(stage: Stage, catalogue: Catalogue, number: int) -> Actor:
    shopper = catalogue.shoppers[number]
    phone = phone_of(number)
    # everybody comes from an address of their own (TEST-NET-1), as people do
    headers = {"Accept-Language": "zh-Hant", "X-Forwarded-For": f"192.0.2.{number + 1}"}
    visitor = Actor(stage, headers)
    asked = await visitor.call("POST", "/accounts/sms-codes", {"phone": phone})
    await stage.settle()
    inbox = (await stage.partner.get("/desk/api/sms", params={"phone": f"+86{phone}"})).json()
    if not inbox["items"]:
        raise StoryBroken(f"no text message arrived at {phone}")
    code = inbox["items"][0]["code"]
    typed = {"phone": phone, "code": code, "request_id": asked["request_id"]}
    session = await visitor.call("POST", "/accounts/sessions/phone", typed)
    actor = Actor(stage, headers | {"Authorization": f"Bearer {session['token']}"})
    await actor.call("PATCH", "/accounts/me", {"nickname": shopper["nickname"], "avatar": shopper["avatar"]})
    address = catalogue.addresses[number % len(catalogue.addresses)] | {"is_default": True}
    saved = await actor.call("POST", "/accounts/me/addresses", address)
    return Actor(stage, actor.headers, saved["id"], saved["province_code"])
