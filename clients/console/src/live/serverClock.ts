import { onScopeDispose, ref, type Ref } from 'vue'

let skewMs = 0
let exact = false

/**
 * Learns how far the server's clock is from this device's. The HTTP date serves until an answer has told
 * its own time: it is good to a second only, and whatever stands before the server may have written it.
 */
export function noteServerTime(time: string, from: 'answer' | 'header' = 'answer'): void {
  const at = Date.parse(time)
  if (Number.isNaN(at) || (exact && from === 'header')) return
  exact = from === 'answer'
  skewMs = at - Date.now()
}

/** The server's time in milliseconds, as well as it is known here. */
export function serverNow(): number {
  return Date.now() + skewMs
}

/** The server's time as a ref that moves on, for ages and countdowns. */
export function useServerNow(everyMs = 1000): Ref<number> {
  const now = ref(serverNow())
  const timer = setInterval(() => (now.value = serverNow()), everyMs)
  onScopeDispose(() => clearInterval(timer))
  return now
}
