"""The copy of a notice that leaves the house: a subscribe message if the person agreed to one, else a text message."""

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
from chengtuan.platform.jobs import Job, RetryLater

log = structlog.get_logger(__name__)


async def deliver_notice(ctx: MessagingContext, job: Job) -> None:
    """Raises RetryLater while the provider is silent, for a day."""
    async with ctx.database.read() as db:
        notice = await rows.find_notice(db, UUID(job.ref))
    if notice is None or notice.status is not DeliveryStatus.WAITING:
        return
    now = ctx.clock.now()
    if is_old_news(notice.template, notice.created_at, now):
        await _finish(ctx, notice, DeliveryStatus.EXPIRED)
        return
    due_at = earliest_sending(notice.template, now)
    if due_at > now:  # a retry that would ring at night
        raise RetryLater(due_at - now)
    contacts = await ctx.accounts.get_contacts(user_ids=[notice.user_id])
    if not contacts:
        await _finish(ctx, notice, DeliveryStatus.INBOX_ONLY)
        return
    try:
        await _send(ctx, notice, contacts[0])
    except (ProviderUnavailable, SmsUnavailable) as silent:
        log.warning("notice_postponed", notice=job.ref, attempts=notice.attempts + 1, reason=str(silent))
        async with ctx.database.write() as tx:
            await rows.count_attempt(tx, notice.id, str(silent)[:500])
        raise RetryLater(pause_after(notice.attempts + 1)) from None


async def _send(ctx: MessagingContext, notice: Notice, contact: Contact) -> None:
    consent = await _consent_of(ctx, notice, contact)
    if consent is not None and contact.openid is not None:
        if await _by_wechat(ctx, notice, consent, contact, contact.openid):
            return
        async with ctx.database.write() as tx:
            await rows.choose_channel(tx, notice.id, Channel.SMS)
    await _by_sms(ctx, notice, contact)


async def _consent_of(ctx: MessagingContext, notice: Notice, contact: Contact) -> NoticeTemplate | None:
    """The consent that this notice uses, taken at its first try and kept for the next ones."""
    if notice.channel is not None:
        return notice.wechat_template
    if ctx.wechat is None or contact.openid is None:
        return None
    async with ctx.database.write() as tx:
        for template in consents_for(notice.template):
            if template in ctx.templates and await rows.use_consent(tx, contact.accounts, template, tx.clock.now()):
                await rows.choose_channel(tx, notice.id, Channel.WECHAT, template)
                return template
        await rows.choose_channel(tx, notice.id, Channel.SMS)
    return None


async def _by_wechat(
    ctx: MessagingContext, notice: Notice, consent: NoticeTemplate, contact: Contact, openid: str
) -> bool:
    """False if WeChat will not send it. Raises ProviderUnavailable."""
    template = ctx.templates.get(consent)
    if ctx.wechat is None or template is None:  # the settings changed since the first try
        return False
    try:
        await ctx.wechat.send_subscribe_message(
            openid=openid,
            template_id=template.id,
            data=subscribe_data(sms_params(notice, contact.language), template.fields),
            page=page_of_notice(notice),
        )
    except ConsentMissing:
        async with ctx.database.write() as tx:
            await rows.forget_consents(tx, contact.accounts, consent, tx.clock.now())
        return False
    except MiniProgramRefused as refused:
        log.warning("subscribe_message_refused", notice=str(notice.id), errcode=refused.errcode)
        return False
    await _finish(ctx, notice, DeliveryStatus.SENT)
    return True


async def _by_sms(ctx: MessagingContext, notice: Notice, contact: Contact) -> None:
    """Raises SmsUnavailable."""
    if ctx.sms is None or contact.phone is None:
        await _finish(ctx, notice, DeliveryStatus.INBOX_ONLY)
        return
    message = SmsMessage(
        request_id=str(notice.id),
        phone=contact.phone,
        template=notice.template,
        params=sms_params(notice, contact.language),
        language=contact.language,
    )
    try:
        await ctx.sms.send(message)
    except SmsRefused as refused:
        log.warning("sms_refused", notice=str(notice.id), vendor_code=refused.code)
        await _finish(ctx, notice, DeliveryStatus.REFUSED, error=refused.code)
        return
    await _finish(ctx, notice, DeliveryStatus.SENT)


async def _finish(ctx: MessagingContext, notice: Notice, status: DeliveryStatus, error: str | None = None) -> None:
    async with ctx.database.write() as tx:
        await rows.finish_notice(tx, notice.id, status, tx.clock.now(), error)
