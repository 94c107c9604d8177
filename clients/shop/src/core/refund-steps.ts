import type { Order, Refund } from './contract'

/** One step of a refund: what, when, and what can be said while it has not happened. */
export type RefundStep = { key: 'planned' | 'submitted' | 'toSubmit' | 'succeeded' | 'toReturn' | 'abnormal'; at: string | null; hint?: 'soon' | 'awaited'; state: 'done' | 'open' | 'trouble' }

/** Planned, sent to the provider, back; only what the server recorded counts as done. */
export function stepsOf(r: Refund): RefundStep[] {
  const planned: RefundStep = { key: 'planned', at: r.planned_at, state: 'done' }
  const back: RefundStep = { key: 'toReturn', at: null, state: 'open' }
  if (r.status === 'planned') return [planned, { key: 'toSubmit', at: null, hint: 'soon', state: 'open' }, back]
  // a notice can overtake the answer: what is back has been sent, even where nobody wrote down when
  const sent: RefundStep = { key: 'submitted', at: r.submitted_at, state: 'done' }
  if (r.status === 'abnormal') return [planned, sent, { key: 'abnormal', at: null, state: 'trouble' }]
  if (r.status === 'submitted') return [planned, sent, { ...back, hint: 'awaited' }]
  return [planned, sent, { key: 'succeeded', at: r.succeeded_at, state: 'done' }]
}

/** The catalogue key (under `order.why`) that says why; a payment that bought nothing is told what kept it. */
export const whyOf = (r: Refund): string => (r.reason === 'late_payment' ? (r.cause ?? r.reason) : r.reason)

/** Whether money of this order is still on its way, so that asking again makes sense. */
export const refundsOpen = (order: Order | null): boolean => order !== null && order.refunds.some((r) => r.status !== 'succeeded')
