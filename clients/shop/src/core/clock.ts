import { ref } from 'vue'

const skew = ref(0)
/** Remember how far the server's clock is from this device's, from the `now` of an answer. */
export function learnNow(now: string | undefined): void {
  const server = now ? Date.parse(now) : NaN
  if (!Number.isNaN(server)) skew.value = server - Date.now()
}
/** The server's time in milliseconds, as well as we know it. */
export const serverNow = (): number => Date.now() + skew.value
