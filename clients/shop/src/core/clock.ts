import { ref } from 'vue'

const skew = ref(0)
let told = false
/** Remember how far the server's clock is from this device's, from the `now` of an answer. */
export function learnNow(now: string | undefined): void {
  const server = now ? Date.parse(now) : NaN
  if (Number.isNaN(server)) return
  told = true
  skew.value = server - Date.now()
}
/** From an answer's Date header, in whole seconds: good enough until an answer says it exactly. */
export function learnDate(date: string | undefined): void {
  const server = told || !date ? NaN : Date.parse(date)
  if (!Number.isNaN(server)) skew.value = server + 500 - Date.now()
}
/** The server's time in milliseconds, as well as we know it. */
export const serverNow = (): number => Date.now() + skew.value
/** Milliseconds from any moment on, for how long something takes; where a device has nothing better, by its clock. */
export const ticking = (): number => (typeof performance === 'undefined' ? Date.now() : performance.now())
