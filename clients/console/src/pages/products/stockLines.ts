import type { StockMovement } from '@/api/types'

/** A line of a variant's history: what somebody did, or (null) what went out with orders in between. */
export interface StockLine {
  delta: number
  movement: StockMovement | null
}

/** `movements` newest first; gaps between them, and up to now, are what orders took. */
export function stockLines(movements: StockMovement[], now: number): StockLine[] {
  let later = now
  return movements.flatMap((movement): StockLine[] => {
    const gap = later - movement.after
    later = movement.before
    const own = { delta: movement.after - movement.before, movement }
    return gap === 0 ? [own] : [{ delta: gap, movement: null }, own]
  })
}
