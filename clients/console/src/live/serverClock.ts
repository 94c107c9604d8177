import { onScopeDispose, ref, type Ref } from 'vue'

let skewMs = 0

/** Learns how far the server's clock is from this device's. */
export function noteServerTime(time: string): void {
  const at = Date.parse(time)
  if (!Number.isNaN(at)) skewMs = at - Date.now()
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
