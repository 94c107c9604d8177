import { reactive, ref, shallowRef } from 'vue'
import type { Wish } from '@/core/api/flash'
import { attemptKey, endAttempt, findGoing, keepGoing, stopGoing } from '@/core/attempt'
import { serverNow } from '@/core/clock'
import type { Hold } from '@/core/contract'
import { Stopped, type Ticket } from '@/core/flash-turn'
import { instant } from '@/core/format'
import { ApiProblem, asProblem } from '@/core/http'
import { TURN_LASTS_S } from '@/core/limits'
import { refusalOf } from '../refusal'
import { followHold } from './follow-hold'
import { take } from './take'

export type Step = 'idle' | 'taking' | 'crowd' | 'queue' | 'held'
/** Who waits for less is told nothing of a queue. */
const NOTICED_S = 1
type Pressed = { flash: string } & Wish
/** One way from a press to its end; `over` once nobody waits for that any more. */
type Way = { over: boolean; until: number }
const passed = () => new ApiProblem('trade/ticket-invalid', 409, { reason: 'over' })

/**
 * From the press to the order: one wish keeps one key until it is known what became of it. A page that was left, or loaded
 * again, takes it up when it is back, for as long as the turn lasts that was told last; later nothing is sent that was not
 * pressed again.
 */
export function usePress(saleId: () => string) {
  const step = ref<Step>('idle')
  /** Where the shopper is in the queue, and when their turn is, or when it is sent again where so many are at the door. */
  const queue = reactive({ place: 0, until: '' })
  const refusal = shallowRef<unknown>(null)
  let now: Way = { over: true, until: 0 }
  const about = () => `flash.${saleId()}`

  async function once(pressed: Pressed, way: Way): Promise<Hold> {
    const { flash, ...wish } = pressed
    const key = attemptKey(pressed)
    const stopped = () => way.over
    function goOn(to: Step, seconds = 0): void {
      if (way.over) throw new Stopped()
      step.value = to
      way.until = serverNow() + (seconds + TURN_LASTS_S) * 1000
      keepGoing(about(), pressed, way.until)
      if (seconds) queue.until = instant(serverNow() + seconds * 1000)
    }
    const told = ({ place, wait_s: seconds }: Ticket) => {
      if (serverNow() > way.until) throw passed() // a device that slept: its turn came and went
      queue.place = place
      goOn(seconds < NOTICED_S ? 'taking' : 'queue', seconds)
    }
    const busy = (seconds: number | null) => goOn(seconds === null ? 'taking' : 'crowd', seconds ?? 0)
    goOn('taking')
    const hold = await take(flash, wish, key, { told, busy, stopped })
    goOn('held')
    const found = await followHold(hold, stopped)
    endAttempt(pressed)
    return found
  }
  /** The id of the order, or null where there is none: then `refusal` says why, unless nobody waits for it any more. */
  async function go(pressed: Pressed, again: boolean): Promise<string | null> {
    if (step.value !== 'idle') return null
    refusal.value = null
    const way = (now = { over: false, until: 0 })
    try {
      let hold = await once(pressed, way)
      // the answer to an earlier press got lost, and it was given up since: this press is another wish
      if (hold.status === 'released' && !again) hold = await once(pressed, way)
      if (hold.status === 'ordered') return hold.order_id
      if (hold.status === 'refused') refusal.value = refusalOf(hold)
    } catch (e) {
      if (!(e instanceof Stopped)) {
        refusal.value = e
        if (asProblem(e).code !== 'platform/not-signed-in') stopGoing(about()) // whoever signs in again goes on
      }
    } finally {
      if (now === way) step.value = 'idle'
    }
    return null
  }
  /** What was pressed here before the page was left, while that holds. */
  function before(): Wish | null {
    const found = findGoing<Pressed>(about())
    if (!found || step.value !== 'idle') return null
    const { flash: _, ...wish } = found.contents
    if (found.until > serverNow()) return wish
    stopGoing(about())
    refusal.value = passed()
    return null
  }
  function end(): void {
    now.over = true
    step.value = 'idle'
  }
  function quit(): void {
    end()
    stopGoing(about())
  }
  const press = (wish: Wish, again = false) => go({ flash: saleId(), ...wish }, again)
  return { step, queue, refusal, press, before, quit, leave: end }
}
