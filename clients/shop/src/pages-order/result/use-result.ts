import { computed, ref, shallowRef } from 'vue'
import { getOrder, syncOrder } from '@/core/api/orders'
import { learnNow } from '@/core/clock'
import type { Order } from '@/core/contract'
import { refundsOpen } from '@/core/refund-steps'
import { useRepeating } from '@/core/repeat'

const STEPS_MS = [800, 1000, 1500, 2000, 2000, 3000, 3000, 4000, 5000]

/** Ask the server until it says the order is paid (or gone). Coming back from the cashier proves nothing. */
export function useResult() {
  const id = ref('')
  const order = shallowRef<Order | null>(null)
  const error = shallowRef<unknown>(null)
  const slow = ref(false)
  let round = 0

  const state = computed(() => {
    const o = order.value
    if (!o || o.status === 'pending_payment') return slow.value ? 'slow' : 'checking'
    return ['cancelled', 'refunding', 'refunded'].includes(o.status) ? 'closed' : 'paid'
  })
  function put(fresh: Order): boolean {
    learnNow(fresh.now)
    order.value = fresh
    return fresh.status !== 'pending_payment'
  }
  /** One question to the payment provider by way of our server, then the order again and again. */
  async function check(): Promise<void> {
    const mine = ++round
    slow.value = false
    error.value = null
    try {
      if (put(await syncOrder(id.value).catch(() => getOrder(id.value)))) return
      for (const ms of STEPS_MS) {
        await new Promise((resolve) => setTimeout(resolve, ms))
        if (mine !== round) return
        if (put(await getOrder(id.value))) return
      }
    } catch (e) {
      if (!order.value) error.value = e
    }
    if (mine === round) slow.value = true
  }
  const refunds = useRepeating(async () => void put(await getOrder(id.value)), () => refundsOpen(order.value))
  const stop = () => {
    round++
    refunds.stop()
  }
  return { id, order, error, state, check, stop, refunds }
}
