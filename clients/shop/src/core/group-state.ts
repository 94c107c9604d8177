import type { Group, Offer, Seat } from './contract'
import { yuan } from './format'
import { t } from './i18n'

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
  return group.full ? 'full' : 'join'
}

/** What whoever cannot join this group can do instead, by what the product is offered as. */
export type Instead = 'open' | 'groups' | 'solo' | 'shop'

export function insteadOf(offer: Offer): Instead {
  if (offer.on_sale && offer.campaign) return 'open'
  if (offer.groups.length) return 'groups'
  return offer.on_sale && offer.shown?.in_stock ? 'solo' : 'shop'
}

/** Empty seats to draw as "?"; a ladder group shows the way to its next tier only, and never a wall of them. */
export function emptySeats(group: Group): number {
  if (group.status !== 'open' && group.status !== 'draft') return 0
  return group.full ? 0 : Math.min(10, Math.max(0, group.missing))
}

/** Price everybody pays when the group ended now; null while no tier is reached. */
export function currentPrice(group: Group): number | null {
  const index = group.final_tier ?? group.current_tier
  return index === null ? null : (group.tiers[index]?.price_fen ?? null)
}

/** The price that stands over a group: what joining costs now, and what everybody paid in the end once it has formed. */
export function headPrice(group: Group): number {
  return (group.status === 'succeeded' ? currentPrice(group) : null) ?? group.tiers[0]?.price_fen ?? group.solo_price_fen
}

/** What each member gets back when the next tier is reached, in fen from the first tier's price. */
export function nextGain(group: Group): number {
  const next = group.next_tier === null ? undefined : group.tiers[group.next_tier]
  const first = group.tiers[0]
  return next && first ? first.price_fen - next.price_fen : 0
}

/** The seats of a group as every view of one carries them. */
export type Seats = Pick<Group, 'goal' | 'missing' | 'held' | 'full'>

/**
 * How far a group is, in few words: the one place that says it, for cards, lists, orders and shared links.
 * A group without a free seat never asks for more people: it waits for those who hold one.
 */
export function progressText(seats: Seats): string {
  if (seats.full && seats.held > 0) return t('progress.held', { n: seats.held })
  if (seats.goal === 'none') return t('progress.top')
  const one = seats.missing === 1 ? 'One' : ''
  return t((seats.goal === 'form' ? 'progress.form' : 'progress.tier') + one, { n: seats.missing })
}

/** Whether somebody can still be invited to bring the group further. */
export const wantsPeople = (seats: Seats): boolean => seats.missing > 0 && !seats.full

/** What is still to be won, in one sentence, with the sum that the next tier brings; empty when the group is over. */
export function hintOf(group: Group): string {
  if (group.status !== 'open') return ''
  if (group.goal === 'none') return group.kind === 'ladder' ? t(group.overflow ? 'group.overflowTop' : 'group.ladderTop') : ''
  // with several variants the difference is another one for each: then no sum is promised
  const fen = group.sku_name ? 0 : nextGain(group)
  if (!wantsPeople(group) || group.goal === 'form' || fen <= 0) return progressText(group)
  return t(group.missing === 1 ? 'group.ladderHintOne' : 'group.ladderHint', { n: group.missing, amount: yuan(fen) })
}
