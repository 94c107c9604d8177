import { computed, ref, shallowRef } from 'vue'
import { getGroup, getGroupOffer, getOffer, getSeat } from '@/core/api/shop'
import { getOrder } from '@/core/api/orders'
import { checkoutUrl } from '@/core/checkout-url'
import type { Group, Offer, Order, OrderMode, Seat } from '@/core/contract'
import { groupView } from '@/core/group-state'
import { asProblem } from '@/core/http'
import { followGroup, type Live } from '@/core/live'
import { needSignIn, open, openUrl, urlOf } from '@/core/nav'
import { refundsOpen } from '@/core/refund-steps'
import { useRepeating } from '@/core/repeat'
import { signedIn } from '@/core/session'

/** The group page's data: the public group (followed live), this shopper's seat and own order. */
export function useGroup() {
  const id = ref('')
  const group = shallowRef<Group | null>(null)
  const seat = shallowRef<Seat | null>(null)
  const order = shallowRef<Order | null>(null)
  /** The initiator's own order, while the group waits for its payment and nobody sees it. */
  const unpaid = shallowRef<Order | null>(null)
  const error = shallowRef<unknown>(null)
  const panel = shallowRef<{ offer: Offer; mode: OrderMode } | null>(null)
  /** What joining costs, delivery too; null once the group is over. */
  const own = shallowRef<Offer | null>(null)
  /** What the product is offered as beside this group; null where it can be joined. */
  const beside = shallowRef<Offer | null>(null)
  const wantsJoin = ref(false)
  const view = computed(() => (group.value ? groupView(group.value, seat.value) : null))
  let live: Live | null = null
  let watched = false

  /** Take a newer state; an older one (late answer) is dropped. */
  function put(fresh: Group): void {
    const known = group.value
    if (known && known.id === fresh.id && fresh.version < known.version) return
    const moved = known !== null && (known.status !== fresh.status || known.full !== fresh.full)
    group.value = fresh
    attach()
    if (moved) void Promise.all([loadMine(), loadOffers()])
  }
  /** Without an answer the page says nothing of it. */
  async function loadOffers(): Promise<void> {
    const known = group.value
    if (!known) return
    const open = known.status === 'open'
    const [ours, shelf] = await Promise.all([
      open ? getGroupOffer(known.id).catch(() => own.value) : null,
      open && !known.full ? null : getOffer(known.product_id).catch(() => beside.value),
    ])
    own.value = ours
    beside.value = shelf
  }
  async function loadMine(): Promise<void> {
    if (!signedIn.value) {
      seat.value = null
      return
    }
    seat.value = (await getSeat(id.value).catch(() => ({ seat: seat.value }))).seat
    order.value = seat.value ? await getOrder(seat.value.order_id).catch(() => order.value) : null
  }
  async function load(): Promise<void> {
    error.value = null
    try {
      const [fresh] = await Promise.all([getGroup(id.value), loadMine()])
      unpaid.value = null
      put(fresh)
      await loadOffers()
    } catch (e) {
      if (group.value || (await startsWithPayment(e))) return
      error.value = e
    }
  }
  /** Nobody sees a group before its initiator has paid, and only the initiator holds a seat in it. */
  async function startsWithPayment(e: unknown): Promise<boolean> {
    if (asProblem(e).code !== 'trade/group-not-found' || !signedIn.value) return false
    await loadMine()
    unpaid.value = order.value?.status === 'pending_payment' ? order.value : null
    return unpaid.value !== null
  }
  const refunds = useRepeating(loadMine, () => refundsOpen(order.value) || unsettled())
  /** The group has ended, and what that means for this shopper's order is being worked out. */
  const unsettled = (): boolean => order.value?.status === 'grouping' && (group.value?.status === 'failed' || group.value?.status === 'succeeded')

  /** From now on every newer state is taken, as soon as there is a group at all, and until `unfollow()`. */
  function follow(): void {
    watched = true
    refunds.start()
    attach()
  }
  function attach(): void {
    if (watched && group.value) live ??= followGroup(id.value, () => group.value?.version ?? 0, put)
  }
  function unfollow(): void {
    watched = false
    refunds.stop()
    live?.stop()
    live = null
  }
  async function choose(mode: OrderMode): Promise<void> {
    const offer = mode === 'join' ? await getGroupOffer(id.value) : await getOffer(group.value!.product_id)
    if (mode === 'open' && !offer.campaign) return open('product', { id: offer.product_id })
    panel.value = { offer, mode }
  }
  /** Join: sign in first (coming back here), then choose what to buy. */
  async function join(): Promise<void> {
    wantsJoin.value = true
    if (!needSignIn(urlOf('group', { id: id.value, do: 'join' }))) return
    wantsJoin.value = false
    await choose('join')
  }
  /** After sign-in: go on joining when that is still possible. */
  async function resume(): Promise<void> {
    await load()
    if (!wantsJoin.value || !signedIn.value) return
    wantsJoin.value = false
    if (view.value === 'join') await choose('join')
  }
  function done(choice: { sku_id: string; quantity: number }): void {
    const asked = panel.value!
    panel.value = null
    const ours = { solo: {}, join: { group_id: id.value }, open: { campaign_id: asked.offer.campaign?.id } }[asked.mode]
    const url = checkoutUrl({ mode: asked.mode, product_id: asked.offer.product_id, ...ours, ...choice })
    if (needSignIn(url)) openUrl(url)
  }
  return { id, group, seat, order, unpaid, own, beside, error, panel, view, wantsJoin, load, resume, follow, unfollow, choose, join, done }
}
