const EVERY_MS = 4000
/** What a page does while it is shown. */
export type Following = { start: () => void; stop: () => void }
export const both = (one: Following, other: Following): Following => ({
  start: () => { one.start(); other.start() },
  stop: () => { one.stop(); other.stop() },
})

/** Asks again every few seconds while `needed()` says so; for what no event announces, such as a refund's progress. */
export function useRepeating(task: () => Promise<void>, needed: () => boolean): Following {
  let timer: ReturnType<typeof setTimeout> | undefined
  let on = false
  async function turn(): Promise<void> {
    if (needed()) await task().catch(() => {})
    if (on) timer = setTimeout(() => void turn(), EVERY_MS)
  }
  function stop(): void {
    on = false
    if (timer) clearTimeout(timer)
  }
  function start(): void {
    stop()
    on = true
    timer = setTimeout(() => void turn(), EVERY_MS)
  }
  return { start, stop }
}
