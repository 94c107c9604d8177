import { computed, ref, shallowRef } from 'vue'
import { cancelOrder, confirmReceipt, getOrder, listParcels } from '@/core/api/orders'
import type { Order, Parcel } from '@/core/contract'
import { ask, toastProblem } from '@/core/feedback'
import { useAction } from '@/core/guard'
import { yuan } from '@/core/format'
import { t } from '@/core/i18n'
import { usePayment } from '@/core/live'
import { refundsOpen } from '@/core/refund-steps'
import { both, useRepeating } from '@/core/repeat'

export type Step = { key: string; at: string }
const second = (at: string): number => Math.floor(Date.parse(at) / 1000)

/**
 * What happened to the order and when, oldest first; refunds that arrived are part of it. The provider knows whole
 * seconds only: what happened within one is told in the order in which things happen to orders.
 */
export function stepsOf(o: Order): Step[] {
  const steps: [string, string | null][] = [
    ['created', o.created_at], ['paid', o.paid_at], ['cancelled', o.cancelled_at],
    ['shipped', o.shipped_at], ['completed', o.completed_at],
    ...o.refunds.map((r): [string, string | null] => ['refunded', r.succeeded_at]),
  ]
  return steps.flatMap(([key, at]) => (at ? [{ key, at }] : [])).sort((a, b) => second(a.at) - second(b.at))
}

export function useOrder() {
  const id = ref('')
  const order = shallowRef<Order | null>(null)
  const parcels = shallowRef<Parcel[]>([])
  const error = shallowRef<unknown>(null)
  const steps = computed(() => (order.value ? stepsOf(order.value) : []))

  function put(fresh: Order): void {
    order.value = fresh
  }
  async function load(): Promise<void> {
    if (!order.value) error.value = null
    try {
      put(await getOrder(id.value))
      if (order.value?.lines.some((l) => l.sent > 0)) parcels.value = await listParcels(id.value).catch(() => parcels.value)
    } catch (e) {
      if (!order.value) error.value = e
    }
  }
  const after = (e: unknown): void => {
    toastProblem(e)
    void load()
  }
  const cancel = useAction(async () => {
    if (await ask(t('order.cancelAsk'), t('order.cancelAskText'), t('order.cancelYes'), t('order.keep'))) put(await cancelOrder(id.value))
  }, after)
  const confirm = useAction(async () => {
    if (await ask(t('order.confirmAsk'), t('order.confirmAskText'))) put(await confirmReceipt(id.value))
  }, after)
  const leave = useAction(async () => {
    // a payment too many is on its way back already: only the rest is promised here
    const planned = (order.value?.refunds ?? []).reduce((sum, r) => sum + r.amount_fen, 0)
    const amount = yuan((order.value?.paid_fen ?? 0) - planned)
    if (await ask(t('order.leaveAsk'), t('order.leaveAskText', { amount }), t('order.leave'), t('order.keep'))) put(await cancelOrder(id.value))
  }, after)
  /** Only what moves without the shopper: a payment, a refund on its way, a group that is about to be decided. */
  const moving = (): boolean => refundsOpen(order.value) || ['grouping', 'refunding'].includes(order.value?.status ?? '')
  const follow = both(useRepeating(load, moving), usePayment(order, put))
  return { id, order, parcels, error, steps, load, cancel, confirm, leave, follow }
}
