import { describe, expect, it } from 'vitest'
import type { Order, Shipment } from './types'
import { timelineOf } from './timeline'

const at = '2026-11-22T10:00:00Z'
const order = (times: Partial<Order>): Order => ({ created_at: at, paid_fen: 100, refunds: [], ...times }) as unknown as Order
const keys = (found: Order, shipment: Shipment | null = null): string[] => timelineOf(found, shipment, String).map((moment) => moment.key)

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
    const shipment = { events } as unknown as Shipment
    const found = timelineOf(order({ paid_at: at, shipped_at: at, refunds: refunds as unknown as Order['refunds'] }), shipment, String)
    expect(found.map((moment) => moment.words ?? moment.key)).toEqual(['created', 'paid', 'shipped', 'a', 'refund-planned', 'b'])
  })
})
