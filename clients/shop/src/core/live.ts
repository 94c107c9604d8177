import { waitGroup, getGroup } from './api/shop'
import { learnNow, serverNow } from './clock'
import type { Group } from './contract'
import { ORIGIN } from './http'

export type Live = { stop: () => void }
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** Long poll until stopped; after a failure it waits longer and longer, at most 30 s. */
function byLongPoll(id: string, version: () => number, put: (g: Group) => void): Live {
  let on = true
  async function loop(): Promise<void> {
    for (let failures = 0; on; ) {
      const asked = serverNow()
      try {
        const answer = await waitGroup(id, version())
        if (on && answer) put(answer)
        failures = 0
        if (serverNow() - asked < 500) await pause(1000) // a proxy that answers at once must not make us spin
      } catch {
        await pause(Math.min(30000, 1000 * 2 ** failures++))
        if (on) await getGroup(id).then(put, () => {})
      }
    }
  }
  void loop()
  return { stop: () => void (on = false) }
}

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
      if (!stopped) live = byLongPoll(id, version, put)
    })
    return { stop: () => { stopped = true; live.stop() } }
  }
  // #endif
  return byLongPoll(id, version, put)
}
