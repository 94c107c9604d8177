import { describe, expect, it } from 'vitest'
import type { Order, Parcel } from './types'
import { timelineOf } from './timeline'

const at = '2026-11-22T10:00:00Z'
const order = (times: Partial<Order>): Order => ({ created_at: at, paid_fen: 100, refunds: [], lines: [], ...times }) as unknown as Order
const keys = (found: Order): string[] => timelineOf(found, [], String).map((moment) => moment.key)

describe('the timeline of an order', () => {
  it('tells what happened at one and the same time in the order in which it happens', () => {
    expect(keys(order({ paid_at: at, shipped_at: at, completed_at: at }))).toEqual(['created', 'paid', 'shipped', 'completed'])
  })

  it('puts the order before its payment where the provider counts whole seconds', () => {
    expect(keys(order({ created_at: '2026-11-22T10:00:00.700Z', paid_at: at }))).toEqual(['created', 'paid'])
  })

  it('keeps parcels in the order in which they went, and refunds where they happened', () => {
    const later = '2026-11-23T10:00:00Z'
    const events = [{ at: later, code: 'delivered', text: 'b' }, { at, code: 'picked_up', text: 'a' }]
    const refunds = [{ planned_at: '2026-11-22T12:00:00Z', submitted_at: null, succeeded_at: null, amount_fen: 1 }]
    const parcels = [{ nth: 1, events }] as unknown as Parcel[]
    const found = timelineOf(order({ paid_at: at, shipped_at: at, refunds: refunds as unknown as Order['refunds'] }), parcels, String)
    expect(found.map((moment) => moment.words ?? moment.key)).toEqual(['created', 'paid', 'shipped', 'a', 'refund-planned', 'b'])
  })

  it('says of which parcel it tells, where there are several', () => {
    const told = (nth: number) => ({ nth, events: [{ at, code: 'picked_up', text: 'a' }] }) as unknown as Parcel
    const nths = (found: Order, parcels: Parcel[]) => timelineOf(found, parcels, String).flatMap((moment) => (moment.key === 'parcel' ? [moment.nth] : []))
    expect(nths(order({}), [told(1), told(2)])).toEqual([1, 2])
    expect(nths(order({}), [told(1)])).toEqual([undefined])
    expect(nths(order({ lines: [{ quantity: 2, sent: 1 }] as Order['lines'] }), [told(1)])).toEqual([1])
  })
})
