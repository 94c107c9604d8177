import { onBeforeUnmount, onMounted } from 'vue'

const SLOWEST_MS = 60_000

/**
 * Repeats a task while the page is visible, never two at a time.
 * A failing task is asked less and less often, so that a server in trouble is left in peace.
 */
export function usePolling(task: () => Promise<boolean>, everyMs = 5_000): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let stopped = false
  let delay = everyMs

  async function turn(): Promise<void> {
    clearTimeout(timer)
    if (stopped) return
    if (!document.hidden) {
      const well = await task()
      delay = well ? everyMs : Math.min(delay * 2, SLOWEST_MS)
    }
    if (!stopped) timer = setTimeout(turn, delay)
  }

  function onVisibility(): void {
    if (!document.hidden) void turn()
  }

  onMounted(() => {
    document.addEventListener('visibilitychange', onVisibility)
    void turn()
  })
  onBeforeUnmount(() => {
    stopped = true
    clearTimeout(timer)
    document.removeEventListener('visibilitychange', onVisibility)
  })
}
