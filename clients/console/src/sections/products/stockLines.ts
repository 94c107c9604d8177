import type { StockMovement } from './types'

/** A line of a variant's history: what somebody did, or (null) what went out with orders in between. */
export interface StockLine {
  delta: number
  movement: StockMovement | null
  /** Why, as the catalogue names it: the first goods of a variant were counted into an empty house. */
  reason: StockMovement['reason'] | 'first' | null
}

/** What the server tells at once; with fewer the history is whole. */
export const MOST_LINES = 10

/** `movements` newest first; gaps between them, and up to now, are what orders took. */
export function stockLines(movements: StockMovement[], now: number): StockLine[] {
  let later = now
  const first = movements.length < MOST_LINES ? movements.at(-1) : undefined
  return movements.flatMap((movement): StockLine[] => {
    const gap = later - movement.after
    later = movement.before
    const isFirst = movement === first && movement.before === 0 && movement.reason === 'counted'
    const own = { delta: movement.after - movement.before, movement, reason: isFirst ? 'first' as const : movement.reason }
    return gap === 0 ? [own] : [{ delta: gap, movement: null, reason: null }, own]
  })
}
