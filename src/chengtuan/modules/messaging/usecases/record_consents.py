from collections.abc import Sequence
from uuid import UUID

from chengtuan.modules.messaging import rows
from chengtuan.modules.messaging.context import MessagingContext
from chengtuan.modules.messaging.problems import UnknownTemplate


async def record_consents(ctx: MessagingContext, user_id: UUID, template_ids: Sequence[str]) -> None:
    """The person agreed in WeChat's dialogue to one more message of each template. Raises UnknownTemplate."""
    known = {template.id: name for name, template in ctx.templates.items()}
    if unknown := [template_id for template_id in template_ids if template_id not in known]:
        raise UnknownTemplate(template_ids=unknown)
    async with ctx.database.write() as tx:
        names = list({known[template_id] for template_id in template_ids})
        await rows.add_consents(tx, user_id, names, tx.clock.now())
