import { reactive, ref, shallowRef } from 'vue'
import type { Wish } from '@/core/api/flash'
import { attemptKey, endAttempt } from '@/core/attempt'
import { serverNow } from '@/core/clock'
import type { Hold } from '@/core/contract'
import { Stopped, type Ticket } from '@/core/flash-turn'
import { instant } from '@/core/format'
import { refusalOf } from '../refusal'
import { followHold } from './follow-hold'
import { take } from './take'

export type Step = 'idle' | 'taking' | 'crowd' | 'queue' | 'held'
/** Who waits for less is told nothing of a queue. */
const NOTICED_S = 1

/** From the press to the order: one wish keeps one key until it is known what became of it. */
export function usePress(saleId: () => string) {
  const step = ref<Step>('idle')
  /** Where the shopper is in the queue, and when their turn is, or when it is sent again where so many are at the door. */
  const queue = reactive({ place: 0, until: '' })
  const refusal = shallowRef<unknown>(null)
  let left = false
  const stopped = () => left

  async function once(attempt: object, wish: Wish): Promise<Hold> {
    step.value = 'taking'
    const told = ({ place, wait_s: seconds }: Ticket) => {
      if (seconds < NOTICED_S) return
      Object.assign(queue, { place, until: instant(serverNow() + seconds * 1000) })
      step.value = 'queue'
    }
    const busy = (seconds: number | null) => {
      step.value = seconds === null ? 'taking' : 'crowd'
      if (seconds !== null) queue.until = instant(serverNow() + seconds * 1000)
    }
    const hold = await take(saleId(), wish, attemptKey(attempt), { told, busy, stopped })
    step.value = 'held'
    const found = await followHold(hold, stopped)
    endAttempt(attempt)
    return found
  }
  /** The id of the order, or null where there is none: then `refusal` says why, unless the page was left. */
  async function press(wish: Wish): Promise<string | null> {
    if (step.value !== 'idle') return null
    refusal.value = null
    const attempt = { flash: saleId(), ...wish }
    try {
      let hold = await once(attempt, wish)
      if (hold.status === 'released') hold = await once(attempt, wish) // its answer got lost, and it was given up since
      if (hold.status === 'ordered') return hold.order_id
      refusal.value = refusalOf(hold)
    } catch (e) {
      if (!(e instanceof Stopped)) refusal.value = e
    } finally {
      step.value = 'idle'
    }
    return null
  }
  return { step, queue, refusal, press, leave: () => { left = true } }
}
