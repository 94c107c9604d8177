import type texts from './locales/zh-Hant.json'
import { partOf } from './parcels'
import type { Order, Parcel } from './types'

type Key = keyof (typeof texts)['order']['moment']

/** One thing that happened to an order: a catalogue key, or words that came with a parcel (`nth`, of several). */
export type Moment = { at: string } & ({ key: Key; params?: Record<string, string | number>; words?: never } | { key: 'parcel'; words: string; nth?: number })

const HOW_CANCELLED: Record<string, Key> = { timeout: 'timed-out', group_ended: 'group-ended' }

/** What an order goes through, one after the other, whatever the clocks say that recorded it: the provider's counts
 * whole seconds, so that a payment can seem to come before its order. */
const STEPS: Moment['key'][] = ['created', 'paid', 'shipped', 'completed']

function inOrder(moments: Moment[]): Moment[] {
  let earliest = 0
  const timed = moments.map((moment) => {
    if (!STEPS.includes(moment.key)) return { moment, at: Date.parse(moment.at) }
    earliest = Math.max(earliest, Date.parse(moment.at))
    return { moment, at: earliest }
  })
  // the sort keeps the order of what happened at the same time
  return timed.sort((a, b) => a.at - b.at).map(({ moment }) => moment)
}

/** What happened to an order, earliest first. Only what the server recorded; nothing is inferred. */
export function timelineOf(order: Order, parcels: Parcel[], money: (fen: number) => string): Moment[] {
  const moments: Moment[] = [{ at: order.created_at, key: 'created' }]
  if (order.paid_at) moments.push({ at: order.paid_at, key: 'paid', params: { sum: money(order.paid_fen) } })
  if (order.shipped_at) moments.push({ at: order.shipped_at, key: 'shipped' })
  if (order.completed_at) moments.push({ at: order.completed_at, key: 'completed' })
  if (order.cancelled_at) moments.push({ at: order.cancelled_at, key: HOW_CANCELLED[order.cancel_reason ?? ''] ?? 'cancelled' })
  for (const refund of order.refunds) {
    moments.push({ at: refund.planned_at, key: 'refund-planned', params: { sum: money(refund.amount_fen) } })
    if (refund.submitted_at) moments.push({ at: refund.submitted_at, key: 'refund-sent', params: { sum: money(refund.amount_fen) } })
    if (refund.succeeded_at) moments.push({ at: refund.succeeded_at, key: 'refund-done', params: { sum: money(refund.amount_fen) } })
  }
  for (const parcel of parcels) {
    const nth = parcels.length > 1 || partOf(order) ? parcel.nth : undefined
    for (const event of [...parcel.events].reverse()) moments.push({ at: event.at, key: 'parcel', words: event.text, nth })
  }
  return inOrder(moments)
}
