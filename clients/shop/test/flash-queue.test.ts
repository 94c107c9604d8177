// feature: F50
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { t } from '@/core/i18n'
import { urlOf } from '@/core/nav'
import { keepSession, session } from '@/core/session'
import { button, keys, no, ok, ordered, sent, Stage, ticket } from './flash-page'
import { at, atNoon, hold, ownHold, run, sale, soon } from './flash-samples'
import { fake } from './setup'

atNoon()

describe('a queue whose page is left', () => {
  let stage: Stage
  beforeEach(() => { stage = new Stage() })
  async function queued(wait = 30, more: object = {}, first = sale()) {
    const page = await stage.show(first)
    stage.tickets = [ticket(wait, 40, more)]
    await page.find('.t-more').trigger('click')
    await page.find(button).trigger('click')
    await soon()
    return page
  }

  it.each([
    ['that runs', sale(), {}], ['that comes, by lot', sale({ state: 'upcoming', starts_at: at(20) }), { drawn: true }],
  ])('is taken up by itself when the page is loaded again, and sent in its time: a sale %s', async (_, first, more) => {
    const page = await queued(30, more, first)
    stage.tickets = [ticket(29, 38, more)]
    const again = await stage.reload(page)
    expect(again.find('.t-flash-wait').text()).toContain(t('flash.queue', { n: 38 }))
    expect(again.find(button).text()).toContain('00:00:29')
    expect(again.find('.t-quantity').text()).toBe('2')
    await soon(14_000)
    stage.tickets = [ticket(14, 20, more)]
    expect(sent()).toHaveLength(0)
    await soon(20_000)
    expect(sent().map((r) => r.data)).toEqual([{ sku_id: 's1', quantity: 2, address_id: 'a1', ticket: 't', proof: expect.any(String) as string }])
    expect(keys().size).toBe(1)
    expect(fake.went).toEqual([urlOf('pay', { id: 'o1' })])
  })
  it('leads to the order where the units were held meanwhile, and is at its end then', async () => {
    const page = await stage.show()
    stage.waits = [no('client/lost', 503), no('client/lost', 503)]
    await page.find(button).trigger('click')
    await soon()
    stage.presses = [ordered()]
    const again = await stage.reload(page)
    await soon()
    expect(fake.went).toEqual([urlOf('pay', { id: 'o1' })])
    expect(keys().size).toBe(1)
    await stage.reload(again)
    expect(sent()).toHaveLength(2)
  })
  it('takes nothing anew where what was held was given up meanwhile', async () => {
    const page = await queued()
    stage.presses = [ok(hold({ status: 'released' }))]
    const again = await stage.reload(page)
    await soon(5000)
    expect(sent()).toHaveLength(1)
    expect(again.find(button).text()).toContain(t('flash.press'))
  })
  it('sends nothing once the turn is past, says so, and is forgotten then', async () => {
    const page = await queued(30)
    page.unmount()
    run('onUnload')
    fake.hooks.clear()
    await soon(152_000)
    const late = await stage.show()
    await soon(5000)
    expect(late.find('.t-refused').text()).toBe(t('problem.trade.ticket-invalid'))
    expect(sent()).toEqual([])
    const later = await stage.reload(late)
    expect(later.find('.t-refused').exists()).toBe(false)
    expect(sent()).toEqual([])
  })
  it('sends nothing by itself either where the page stayed and its device slept through the turn', async () => {
    const page = await queued(10)
    stage.presses = [no('trade/ticket-invalid', 409, { reason: 'over' })]
    vi.setSystemTime(Date.now() + 3_600_000)
    await soon(11_000)
    expect(sent()).toHaveLength(1)
    expect(page.find('.t-refused').text()).toBe(t('problem.trade.ticket-invalid'))
  })
  it.each([
    ['somebody else signed in', () => keepSession({ token: 'y', expires_at: '', device: 'd', user: { id: 'u2', nickname: 'n', avatar: 'a01', phone_masked: null, has_wechat: false, created_at: '' } })],
    ['it is another sale', () => { const was = fake.storage.get('ct.attempts'); fake.storage.set('ct.attempts', JSON.parse(JSON.stringify(was).replaceAll('flash.f1', 'flash.f2'))) }],
  ])('sends nothing where %s', async (_, change) => {
    const page = await queued()
    change()
    const again = await stage.reload(page)
    expect(again.find('.t-flash-wait').exists()).toBe(false)
    await soon(40_000)
    expect(sent()).toEqual([])
  })
  it('is left by who says so, and nothing is sent then, also after a reload', async () => {
    const page = await queued()
    await page.find('.t-flash-sku').trigger('click')
    expect(fake.toasts.at(-1)).toBe(t('flash.locked'))
    await page.find('.t-flash-quit').trigger('click')
    expect(page.find(button).text()).toContain(t('flash.press'))
    const again = await stage.reload(page)
    await soon(40_000)
    expect(sent()).toEqual([])
    expect(again.find(button).text()).toContain(t('flash.press'))
  })
  it.each(['trade/flash-sold-out', 'trade/flash-sale-ended'])('is over once it was refused: %s', async (code) => {
    const page = await queued(5)
    stage.presses = [no(code)]
    await soon(6000)
    await stage.reload(page)
    await soon(40_000)
    expect(sent()).toHaveLength(1)
  })
  it('goes on for who has to sign in again meanwhile', async () => {
    const page = await queued()
    const me = { token: 'z', expires_at: '', device: 'd', user: { ...session.user! } }
    await soon(14_000)
    stage.tickets = [no('platform/not-signed-in', 401), ticket(5, 3)]
    await soon(2000)
    expect(page.find('.t-flash-wait').exists()).toBe(false)
    keepSession(me)
    run('onHide')
    run('onShow')
    await soon()
    expect(page.find('.t-flash-wait').text()).toContain(t('flash.queue', { n: 3 }))
    await soon(6000)
    expect(sent()).toHaveLength(1)
    expect(keys().size).toBe(1)
  })
  it('tells whoever leaves that it is not sent yet', async () => {
    await queued()
    run('onUnload')
    expect(fake.toasts.at(-1)).toBe(t('flash.leftQueue'))
  })
  it('is scrolled to, and its time stands in the button and beside the head alike', async () => {
    vi.mocked(uni.pageScrollTo).mockClear()
    const page = await stage.show(sale({ ends_at: at(600.4) }))
    await soon(350)
    stage.tickets = [ticket(600.05, 40)]
    await page.find(button).trigger('click')
    await soon()
    expect(uni.pageScrollTo).toHaveBeenCalledTimes(1)
    const clocks = () => [page.find('.t-flash-clock').text(), page.find('.t-flash-wait .clock').text(), page.find(button + ' .note').text()]
    for (const ms of [0, 350, 350, 350, 1000]) {
      await soon(ms)
      expect(new Set(clocks()).size, clocks().join()).toBe(1)
      expect(clocks()[0]).toMatch(/^00:(10:0|09:5)\d$/)
    }
  })
  it('says who is first instead of counting nobody', async () => {
    const page = await stage.show()
    stage.tickets = [ticket(10, 0, { drawn: true })]
    await page.find(button).trigger('click')
    await soon()
    expect(page.find('.t-flash-wait').text()).toContain(t('flash.queueFirst'))
  })
})

// feature: F22
describe('a share', () => {
  let stage: Stage
  beforeEach(() => { stage = new Stage() })
  const have = '.t-flash-have button'
  const mine = ownHold({ quantity: 2, status: 'ordered', order_id: 'o7', order_status: 'pending_payment', pay_before: at(300) })

  it.each([
    ['is to be paid', mine, t('group.pay'), urlOf('pay', { id: 'o7' })], ['is paid', { ...mine, order_status: 'to_ship' as const }, t('group.viewOrder'), urlOf('order', { id: 'o7' })],
    ['is no order yet', ownHold({ quantity: 2 }), t('title.holds'), urlOf('holds')],
  ])('that one has leads on, and nothing more is offered: it %s', async (_, own, label, to) => {
    stage.own = [own]
    const page = await stage.show()
    expect(page.find('.t-flash-full').text()).toBe(t('flash.full.text', { n: 2 }))
    for (const gone of ['.t-flash-press', '.t-flash-sku', '.t-quote', '.t-address']) expect(page.find(gone).exists(), gone).toBe(false)
    expect(page.find(have).text()).toContain(label)
    expect(page.find(have).text()).toContain(t('flash.full.short'))
    await page.find(have).trigger('click')
    await soon()
    expect(fake.went).toEqual([to])
  })
  it('that was given up, or of which some is left, is offered', async () => {
    stage.own = [{ ...mine, status: 'released' }, ownHold({ id: 'h2', status: 'refused', quantity: 2 }), ownHold({ id: 'h3' })]
    const page = await stage.show()
    expect(page.find(button).text()).toContain(t('flash.press'))
    await page.find('.t-more').trigger('click')
    expect(page.find('.t-quantity').text()).toBe('1')
    expect(fake.toasts.at(-1)).toBe(t('flash.more', { had: 1, n: 1 }))
  })
  it('of which only the refusal told leaves no button that can only fail, until it is looked at again', async () => {
    stage.presses = [no('trade/flash-limit', 409, { limit: 2, had: 2 })]
    const page = await stage.show()
    await page.find(button).trigger('click')
    await soon()
    expect(page.find(button).exists()).toBe(false)
    expect(page.find(have).text()).toContain(t('me.orders'))
    run('onHide')
    run('onShow')
    await soon()
    expect(page.find(button).exists()).toBe(true)
  })
})
