import { waitHold } from '@/core/api/flash'
import { serverNow } from '@/core/clock'
import type { Hold } from '@/core/contract'
import { Stopped } from '@/core/flash-turn'
import { asProblem, isAway } from '@/core/http'

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
const passes = (e: unknown): boolean => isAway(e) || asProblem(e).status === 429

/** What becomes of units that are held, through outages too: they are the shopper's, whoever answers meanwhile. */
export async function followHold(hold: Hold, stopped: () => boolean): Promise<Hold> {
  for (let failures = 0; hold.status === 'held'; ) {
    const asked = serverNow()
    try {
      hold = await waitHold(hold.id)
      failures = 0
      if (hold.status === 'held' && serverNow() - asked < 500) await pause(1000) // a proxy that answers at once must not make us spin
    } catch (e) {
      if (!passes(e)) throw e
      await pause(Math.min(15_000, 1000 * 2 ** failures++))
    }
    if (stopped()) throw new Stopped()
  }
  return hold
}
