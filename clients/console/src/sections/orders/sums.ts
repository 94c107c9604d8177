import type { Order } from './types'

type Adjustment = Order['adjustments'][number]
export type ReductionKind = Exclude<Adjustment['kind'], 'freight'>

/** What reductions took off all lines together, by their kind; freight has its own line. */
export function reductionsOf(adjustments: readonly Adjustment[]): [ReductionKind, number][] {
  const sums = new Map<ReductionKind, number>()
  for (const { kind, amount_fen } of adjustments) {
    if (kind !== 'freight') sums.set(kind, (sums.get(kind) ?? 0) - amount_fen)
  }
  return [...sums]
}
