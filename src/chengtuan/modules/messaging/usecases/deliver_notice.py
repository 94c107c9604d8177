"""The copy of a notice that leaves the house: a subscribe message if the person agreed to one, else a text message."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog

from chengtuan.gateways.sms import SmsMessage, SmsRefused, SmsUnavailable
from chengtuan.gateways.wechat import ConsentMissing, MiniProgramRefused, ProviderUnavailable
from chengtuan.modules.accounts.facade import Contact
from chengtuan.modules.messaging import rows
from chengtuan.modules.messaging.context import MessagingContext
from chengtuan.modules.messaging.rules.notices import Channel, DeliveryStatus, Notice, NoticeTemplate, consents_for
from chengtuan.modules.messaging.rules.timing import earliest_sending, is_old_news, pause_after
from chengtuan.modules.messaging.rules.wording import page_of_notice, sms_params, subscribe_data
from chengtuan.platform.database import WriteSession
from chengtuan.platform.gather import Gatherer
from chengtuan.platform.jobs import Job, RetryLater
from chengtuan.platform.shared_writes import SharedWrites

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class PostRoom:
    """What deliveries share: those of one moment are read together, and written together."""

    ctx: MessagingContext
    notices: Gatherer[UUID, Notice]
    contacts: Gatherer[UUID, Contact]
    writes: SharedWrites


def open_post_room(ctx: MessagingContext) -> PostRoom:
    async def find_notices(ids: Sequence[UUID]) -> dict[UUID, Notice]:
        async with ctx.database.read() as db:
            return {notice.id: notice for notice in await rows.find_notices(db, ids)}

    async def find_contacts(user_ids: Sequence[UUID]) -> dict[UUID, Contact]:
        return {contact.user_id: contact for contact in await ctx.accounts.get_contacts(user_ids=list(user_ids))}

    return PostRoom(ctx, Gatherer(find_notices), Gatherer(find_contacts), SharedWrites(ctx.database))


async def deliver_notice(room: PostRoom, job: Job) -> None:
    """Raises RetryLater while the provider is silent, for a day."""
    notice = await room.notices.find(UUID(job.ref))
    if notice is None or notice.status is not DeliveryStatus.WAITING:
        return
    now = room.ctx.clock.now()
    if is_old_news(notice.template, notice.created_at, now):
        await _finish(room, notice, DeliveryStatus.EXPIRED)
        return
    due_at = earliest_sending(notice.template, now)
    if due_at > now:  # a retry that would ring at night
        raise RetryLater(due_at - now)
    contact = await room.contacts.find(notice.user_id)
    if contact is None:
        await _finish(room, notice, DeliveryStatus.INBOX_ONLY)
        return
    try:
        await _send(room, notice, contact)
    except (ProviderUnavailable, SmsUnavailable) as silent:
        log.warning("notice_postponed", notice=job.ref, attempts=notice.attempts + 1, reason=str(silent))
        reason = str(silent)[:500]
        await room.writes.write(lambda tx: rows.count_attempt(tx, notice.id, reason))
        raise RetryLater(pause_after(notice.attempts + 1)) from None


async def _send(room: PostRoom, notice: Notice, contact: Contact) -> None:
    consent = await _consent_of(room, notice, contact)
    if consent is not None and contact.openid is not None:
        if await _by_wechat(room, notice, consent, contact, contact.openid):
            return
        await room.writes.write(lambda tx: rows.choose_channel(tx, notice.id, Channel.SMS))
    await _by_sms(room, notice, contact)


async def _consent_of(room: PostRoom, notice: Notice, contact: Contact) -> NoticeTemplate | None:
    """The consent that this notice uses, taken at its first try and kept for the next ones."""
    if notice.channel is not None:
        return notice.wechat_template
    if room.ctx.wechat is None or contact.openid is None:
        return None

    async def choose(tx: WriteSession) -> NoticeTemplate | None:
        for template in consents_for(notice.template):
            if template in room.ctx.templates and await rows.use_consent(
                tx, contact.accounts, template, tx.clock.now()
            ):
                await rows.choose_channel(tx, notice.id, Channel.WECHAT, template)
                return template
        await rows.choose_channel(tx, notice.id, Channel.SMS)
        return None

    return await room.writes.write(choose)


async def _by_wechat(room: PostRoom, notice: Notice, consent: NoticeTemplate, contact: Contact, openid: str) -> bool:
    """False if WeChat will not send it. Raises ProviderUnavailable."""
    template = room.ctx.templates.get(consent)
    if room.ctx.wechat is None or template is None:  # the settings changed since the first try
        return False
    try:
        await room.ctx.wechat.send_subscribe_message(
            openid=openid,
            template_id=template.id,
            data=subscribe_data(sms_params(notice, contact.language), template.fields),
            page=page_of_notice(notice),
        )
    except ConsentMissing:
        await room.writes.write(lambda tx: rows.forget_consents(tx, contact.accounts, consent, tx.clock.now()))
        return False
    except MiniProgramRefused as refused:
        log.warning("subscribe_message_refused", notice=str(notice.id), errcode=refused.errcode)
        return False
    await _finish(room, notice, DeliveryStatus.SENT)
    return True


async def _by_sms(room: PostRoom, notice: Notice, contact: Contact) -> None:
    """Raises SmsUnavailable."""
    if room.ctx.sms is None or contact.phone is None:
        await _finish(room, notice, DeliveryStatus.INBOX_ONLY)
        return
    message = SmsMessage(
        request_id=str(notice.id),
        phone=contact.phone,
        template=notice.template,
        params=sms_params(notice, contact.language),
        language=contact.language,
    )
    try:
        await room.ctx.sms.send(message)
    except SmsRefused as refused:
        log.warning("sms_refused", notice=str(notice.id), vendor_code=refused.code)
        await _finish(room, notice, DeliveryStatus.REFUSED, error=refused.code)
        return
    await _finish(room, notice, DeliveryStatus.SENT)


async def _finish(room: PostRoom, notice: Notice, status: DeliveryStatus, error: str | None = None) -> None:
    await room.writes.write(lambda tx: rows.finish_notice(tx, notice.id, status, tx.clock.now(), error))
