/**
 * How much of anything there may be: what the server takes, said once for both clients. `chengtuan.modules.trade.limits`
 * has the same numbers, and a test of the server compares them.
 */

/** Units of one variant that an order or a cart may have. */
export const MAX_QUANTITY = 999
/** That one piece weighs. */
export const MAX_GRAMS = 1_000_000
/** The largest limit that a campaign may set for what one person buys in it. */
export const MAX_PER_USER = 999
/** Units of a variant that are set aside for a flash sale at a time. */
export const MAX_ALLOTTED = 1_000_000
/** What is counted for a glance is counted so far: that many, or more. */
export const MOST_COUNTED = 1_000
/** Seconds before the start of a flash sale from which on places in it are drawn by lot. */
export const DRAWN_WITHIN_S = 600
/** Seconds that a turn in a flash sale lasts, from when somebody is let in. */
export const TURN_LASTS_S = 120

/** A count as people read it. */
export function counted(count: number): string {
  return count < MOST_COUNTED ? String(count) : `${MOST_COUNTED - 1}+`
}
