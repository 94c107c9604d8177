import { onScopeDispose, ref, type Ref } from 'vue'

let known: { server: number; here: number } | null = null
let exact = false

/**
 * Learns what time it is at the server. The HTTP date serves until an answer has told
 * its own time: it is good to a second only, and whatever stands before the server may have written it.
 */
export function noteServerTime(time: string, from: 'answer' | 'header' = 'answer'): void {
  const at = Date.parse(time)
  if (Number.isNaN(at) || (exact && from === 'header')) return
  exact = from === 'answer'
  known = { server: at, here: performance.now() }
}

/**
 * The server's time in milliseconds, as well as it is known here: the last time it told, plus what has passed since by
 * a watch that nobody sets. The device's clock is only asked before the first answer.
 */
export function serverNow(): number {
  return known ? known.server + (performance.now() - known.here) : Date.now()
}

/** The server's time as a ref that moves on, for ages and countdowns. */
export function useServerNow(everyMs = 1000): Ref<number> {
  const now = ref(serverNow())
  const timer = setInterval(() => (now.value = serverNow()), everyMs)
  onScopeDispose(() => clearInterval(timer))
  return now
}
