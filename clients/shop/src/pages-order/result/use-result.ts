import { computed, ref, shallowRef } from 'vue'
import { getOrder, syncOrder } from '@/core/api/orders'
import type { Order } from '@/core/contract'
import { refundsOpen } from '@/core/refund-steps'
import { useRepeating } from '@/core/repeat'

const STEPS_MS = [800, 1000, 1500, 2000, 2000, 3000, 3000, 4000, 5000]

/**
 * Ask the server until it says the order is paid (or gone). Coming back from the cashier proves nothing. Where the
 * provider says that nothing was paid, the shopper chooses at once what to do, while the page goes on looking.
 */
export function useResult() {
  const id = ref('')
  const order = shallowRef<Order | null>(null)
  const error = shallowRef<unknown>(null)
  const doubt = ref<'checking' | 'unpaid' | 'slow'>('checking')
  let round = 0

  const state = computed(() => {
    const o = order.value
    if (!o || o.status === 'pending_payment') return doubt.value
    return ['cancelled', 'refunding', 'refunded'].includes(o.status) ? 'closed' : 'paid'
  })
  function put(fresh: Order): boolean {
    order.value = fresh
    return fresh.status !== 'pending_payment'
  }
  /** One question to the payment provider by way of our server, then the order again and again. */
  async function check(): Promise<void> {
    const mine = ++round
    doubt.value = 'checking'
    error.value = null
    try {
      const answer = await syncOrder(id.value).catch(() => null)
      if (mine !== round || put(answer ?? (await getOrder(id.value)))) return
      if (answer && !answer.money_arrived) {
        doubt.value = 'unpaid'
        return
      }
      for (const ms of STEPS_MS) {
        await new Promise((resolve) => setTimeout(resolve, ms))
        if (mine !== round) return
        if (put(await getOrder(id.value))) return
      }
    } catch (e) {
      if (!order.value) error.value = e
    }
    if (mine === round) doubt.value = 'slow'
  }
  const look = async () => void put(await getOrder(id.value))
  const follow = useRepeating(look, () => refundsOpen(order.value) || state.value === 'unpaid' || state.value === 'slow')
  const stop = () => {
    round++
    follow.stop()
  }
  return { id, order, error, state, check, stop, follow }
}
