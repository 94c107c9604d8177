"""Routes of `messaging`."""

from fastapi import APIRouter

from chengtuan.kernel.pagination import BadCursor
from chengtuan.kernel.problems import NotSignedIn
from chengtuan.modules.messaging.context import MessagingContext
from chengtuan.modules.messaging.http import schemas
from chengtuan.modules.messaging.problems import UnknownTemplate
from chengtuan.modules.messaging.usecases.read_inbox import mark_inbox_read, read_inbox
from chengtuan.modules.messaging.usecases.record_consents import record_consents
from chengtuan.platform.http.access import PUBLIC, CurrentShopper
from chengtuan.platform.http.fields import Cursor, Limit
from chengtuan.platform.http.problems import problems
from chengtuan.platform.http.section import Section


def routes(ctx: MessagingContext) -> APIRouter:
    router = Section(prefix="/api/v1/messaging", tags=["messaging"])

    @router.get("/inbox", responses=problems(NotSignedIn, BadCursor))
    async def list_inbox_messages(shopper: CurrentShopper, cursor: Cursor = None, limit: Limit = 20) -> schemas.Inbox:
        """The shopper's messages, newest first."""
        found = await read_inbox(ctx, shopper.ids, cursor=cursor, limit=limit)
        items = [schemas.InboxMessage.of(row) for row in found.page.items]
        return schemas.Inbox(items=items, next_cursor=found.page.next_cursor, unread=found.unread)

    @router.post("/inbox/read", status_code=204, responses=problems(NotSignedIn))
    async def read_inbox_messages(shopper: CurrentShopper) -> None:
        """All messages so far have been seen."""
        await mark_inbox_read(ctx, shopper.ids)

    @router.get("/subscription-templates", dependencies=[PUBLIC])
    async def list_subscription_templates() -> schemas.SubscriptionTemplateList:
        """What a mini program may ask its user to be told about."""
        return schemas.SubscriptionTemplateList(
            items=[
                schemas.SubscriptionTemplate(key=key, template_id=template.id)
                for key, template in ctx.templates.items()
            ]
        )

    @router.post("/subscriptions", status_code=204, responses=problems(NotSignedIn, UnknownTemplate))
    async def record_subscriptions(accepted: schemas.SubscriptionInput, shopper: CurrentShopper) -> None:
        """The user agreed to one more message of each of these templates."""
        await record_consents(ctx, shopper.user_id, accepted.accepted)

    return router
