const EVERY_MS = 4000
/** What a page does while it is shown. */
export type Following = { start: () => void; stop: () => void }
export const both = (one: Following, other: Following): Following => ({
  start: () => { one.start(); other.start() },
  stop: () => { one.stop(); other.stop() },
})

/** Asks again every few seconds while `needed()` says so; for what no event announces, such as a refund's progress. */
export function useRepeating(task: () => Promise<void>, needed: () => boolean, everyMs = EVERY_MS): Following {
  let timer: ReturnType<typeof setTimeout> | undefined
  /** Of two starts the later one counts, also while the earlier one's question is under way. */
  let round = 0
  async function turn(mine: number): Promise<void> {
    if (needed()) await task().catch(() => {})
    if (mine === round) timer = setTimeout(() => void turn(mine), everyMs)
  }
  function stop(): void {
    round++
    if (timer) clearTimeout(timer)
  }
  function start(): void {
    stop()
    const mine = round
    timer = setTimeout(() => void turn(mine), everyMs)
  }
  return { start, stop }
}
