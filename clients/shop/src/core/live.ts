import { ref, watch, type Ref } from 'vue'
import { getOrder, waitOrder } from './api/orders'
import { getGroup, waitGroup } from './api/shop'
import { learnNow, serverNow } from './clock'
import type { Group, Order } from './contract'
import { ORIGIN } from './http'
import type { Following } from './repeat'

export type Live = { stop: () => void }
/** `wait` is answered when something changes, with nothing if nothing did; `look` is answered at once. */
type Poll<T> = { wait: () => Promise<T | '' | null>; look: () => Promise<T>; put: (found: T) => void }
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** Long poll until stopped; after a failure it waits longer and longer, at most 30 s. */
function byLongPoll<T>({ wait, look, put }: Poll<T>): Live {
  let on = true
  async function loop(): Promise<void> {
    for (let failures = 0; on; ) {
      const asked = serverNow()
      try {
        const answer = await wait()
        if (on && answer) put(answer)
        failures = 0
        if (on && serverNow() - asked < 500) await pause(1000) // a proxy that answers at once must not make us spin
      } catch {
        await pause(Math.min(30000, 1000 * 2 ** failures++))
        if (on) await look().then((found) => { if (on) put(found) }, () => {})
      }
    }
  }
  void loop()
  return { stop: () => void (on = false) }
}
const groupByLongPoll = (id: string, version: () => number, put: (g: Group) => void) =>
  byLongPoll<Group>({ wait: () => waitGroup(id, version()), look: () => getGroup(id), put })

// #ifdef H5
/** Server-sent events; after two errors in a row without data the connection is given up for the long poll. */
function byEvents(id: string, put: (g: Group) => void, giveUp: () => void): Live {
  const source = new EventSource(`${ORIGIN}/api/v1/trade/groups/${id}/live`)
  let errors = 0
  source.addEventListener('group', (e) => {
    errors = 0
    const group = JSON.parse((e as MessageEvent<string>).data) as Group
    learnNow(group.now)
    put(group)
  })
  source.onerror = () => {
    if (++errors < 2 && source.readyState !== EventSource.CLOSED) return
    source.close()
    giveUp()
  }
  return { stop: () => source.close() }
}
// #endif

/** Follow a group: `put` gets every newer state until `stop()`. */
export function followGroup(id: string, version: () => number, put: (g: Group) => void): Live {
  // #ifdef H5
  if (typeof EventSource !== 'undefined') {
    let stopped = false
    let live: Live = byEvents(id, put, () => {
      if (!stopped) live = groupByLongPoll(id, version, put)
    })
    return { stop: () => { stopped = true; live.stop() } }
  }
  // #endif
  return groupByLongPoll(id, version, put)
}

/** Follows an order that is to be paid, from `start()` to `stop()`: `put` gets it as soon as it is paid or given up. */
export function usePayment(order: Ref<Order | null>, put: (o: Order) => void): Following {
  const shown = ref(false)
  const awaited = () => (shown.value && order.value?.status === 'pending_payment' ? order.value.id : null)
  let live: Live | null = null
  // at once, or another wait would begin for what has just been answered
  watch(awaited, (id) => {
    live?.stop()
    live = id ? byLongPoll<Order>({ wait: () => waitOrder(id), look: () => getOrder(id), put }) : null
  }, { flush: 'sync' })
  return { start: () => void (shown.value = true), stop: () => void (shown.value = false) }
}
