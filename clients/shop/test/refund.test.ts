import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import RefundClock from '@/components/refund-clock.vue'
import type { Refund } from '@/core/contract'
import { hasText, t } from '@/core/i18n'
import { perkText } from '@/core/perk'
import { refundsOpen, stepsOf, whyOf } from '@/core/refund-steps'
import { stepsOf as orderSteps } from '@/pages-order/detail/use-order'
import { offer, order } from './samples'

const refund = (change: Partial<Refund> = {}): Refund => ({
  id: 'r', number: 'R1', amount_fen: 2990, reason: 'group_failed', cause: null, status: 'succeeded',
  planned_at: '2026-01-31T16:05:00Z', submitted_at: '2026-01-31T16:06:00Z', succeeded_at: '2026-01-31T16:07:00Z', ...change,
})
const steps = (change: Partial<Refund>) => stepsOf(refund(change)).map((s) => `${s.key} ${s.state}`)

describe('the refund clock', () => {
  it.each<[Partial<Refund>, string[]]>([
    [{ status: 'planned', submitted_at: null, succeeded_at: null }, ['planned done', 'toSubmit open', 'toReturn open']],
    [{ status: 'submitted', succeeded_at: null }, ['planned done', 'submitted done', 'toReturn open']],
    [{ status: 'succeeded' }, ['planned done', 'submitted done', 'succeeded done']],
    [{ status: 'abnormal', succeeded_at: null }, ['planned done', 'submitted done', 'abnormal trouble']],
  ])('%o', (change, expected) => expect(steps(change)).toEqual(expected))

  it.each(['duplicate', 'order_closed', 'after_deadline', 'group_ended', 'wrong_amount', null] as const)('says what kept a payment from buying anything: %s', (cause) => {
    const key = `order.why.${whyOf(refund({ reason: 'late_payment', cause }))}`
    expect(key).toBe(`order.why.${cause ?? 'late_payment'}`)
    expect(hasText(key)).toBe(true)
  })

  it('shows amount, reason, every known time, and honest words when it is stuck', () => {
    const shown = mount(RefundClock, { props: { order: order({ refunds: [refund({ status: 'abnormal', succeeded_at: null })] }) } }).text()
    for (const words of ['¥29.90', t('order.why.group_failed'), '2026-02-01 00:05', '2026-02-01 00:06', t('order.clock.abnormal'), t('order.refundStuck')]) expect(shown).toContain(words)
    expect(shown).not.toContain(t('order.clock.succeeded'))
  })

  it('has its place after what led to it, although the provider counts whole seconds', () => {
    const o = order({ created_at: '2026-01-31T16:05:00.697Z', paid_at: '2026-01-31T16:05:00.000Z', refunds: [refund()] })
    expect(orderSteps(o).map((s) => s.key)).toEqual(['created', 'paid', 'refunded'])
  })

  it('is followed until all of the money is back', () => {
    expect(refundsOpen(order({ refunds: [refund(), refund({ status: 'submitted' })] }))).toBe(true)
    expect(refundsOpen(order({ refunds: [refund()] }))).toBe(false)
  })
})

// feature: X8
describe('what opening a group brings', () => {
  const withPerk = (percent: number | null, prices: number[]) => {
    const o = offer('fixed')
    return perkText({ ...o, skus: o.skus.map((s) => ({ ...s, tier_prices_fen: prices })), campaign: { ...o.campaign!, initiator_off_percent: percent } })
  }
  it('is a sum where there is one, a share where it depends, and nothing without a perk', () => {
    expect(withPerk(null, [2990])).toBe('')
    expect(withPerk(100, [2990])).toBe(t('product.perkFree'))
    expect(withPerk(50, [2991])).toBe(t('product.perkSum', { amount: '14.96' }))
    expect(withPerk(50, [2991, 1991])).toBe(t('product.perkShare', { n: 50 }))
  })
})
