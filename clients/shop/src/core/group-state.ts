import type { Group, Seat } from './contract'

/** Who looks at the group and what they can do: the state table of the group page. */
export type GroupView =
  | 'draft' // the initiator has not paid yet; nobody else sees it
  | 'join' // open, outsider
  | 'full' // every seat taken or held, outsider
  | 'pay' // open, seat held by this shopper, not paid yet
  | 'invite' // open, member
  | 'won' // succeeded, member
  | 'closed' // succeeded, outsider
  | 'failed-member'
  | 'failed'

export function groupView(group: Group, seat: Seat | null): GroupView {
  const member = seat?.status === 'paid'
  if (group.status === 'failed') return seat && seat.status !== 'locked' ? 'failed-member' : 'failed'
  if (group.status === 'succeeded') return member ? 'won' : 'closed'
  if (seat?.status === 'locked') return 'pay'
  if (group.status === 'draft') return 'draft'
  if (member) return 'invite'
  return group.locked >= group.seats ? 'full' : 'join'
}

/** Empty seats to draw as "?"; a ladder group shows the way to its next tier only, and never a wall of them. */
export function emptySeats(group: Group): number {
  if (group.status !== 'open' && group.status !== 'draft') return 0
  return Math.min(10, Math.max(0, group.missing))
}

/** Price everybody pays when the group ended now; null while no tier is reached. */
export function currentPrice(group: Group): number | null {
  const index = group.final_tier ?? group.current_tier
  return index === null ? null : (group.tiers[index]?.price_fen ?? null)
}

/** What each member gets back when the next tier is reached, in fen from the first tier's price. */
export function nextGain(group: Group): number {
  const next = group.next_tier === null ? undefined : group.tiers[group.next_tier]
  const first = group.tiers[0]
  return next && first ? first.price_fen - next.price_fen : 0
}

/** What is still to be won, in one sentence's key and its values; null when the group is over or not open yet. */
export function hintOf(group: Group): { key: string; n: number; fen: number } | null {
  if (group.status !== 'open') return null
  const n = group.missing
  if (group.next_tier === null) return group.overflow ? { key: 'overflowTop', n, fen: 0 } : group.kind === 'ladder' ? { key: 'ladderTop', n, fen: 0 } : null
  const fen = group.kind === 'ladder' ? nextGain(group) : 0
  const one = n === 1 ? 'One' : ''
  return fen > 0 ? { key: `ladderHint${one}`, n, fen } : { key: `joinHint${one}`, n, fen }
}
