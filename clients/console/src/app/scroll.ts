/**
 * Where the reader was on a page, given back when they come Back to it. The page is drawn anew then, and is as long as
 * before only once its list has been answered: until that, or until the reader moves it themselves, it is tried again.
 */
import { nextTick, onBeforeUnmount, onMounted, type Ref } from 'vue'
import type { Router } from 'vue-router'

const PATIENCE_MS = 10_000
/** By address: what is shown stands in it, so it is the same page. */
const left = new Map<string, number>()

export function useScrollMemory(frame: Ref<HTMLElement | null>, router: Router): void {
  let comingBack = false
  let stop: () => void = () => undefined
  const undo: (() => void)[] = []

  function goTo(top: number): void {
    stop()
    const element = frame.value
    if (!element) return
    const reach = (): void => {
      element.scrollTop = top
      if (element.scrollTop >= top - 1) stop()
    }
    const watcher = new MutationObserver(reach)
    const timer = setTimeout(() => stop(), PATIENCE_MS)
    const hands = ['wheel', 'touchmove', 'keydown', 'pointerdown'] as const
    stop = () => {
      watcher.disconnect()
      clearTimeout(timer)
      for (const hand of hands) element.removeEventListener(hand, stop)
      stop = () => undefined
    }
    for (const hand of hands) element.addEventListener(hand, stop, { passive: true })
    watcher.observe(element, { childList: true, subtree: true })
    reach()
  }

  onMounted(() => {
    // told before the page is asked for, and only where somebody moves in the history
    undo.push(router.options.history.listen(() => (comingBack = true)))
    undo.push(router.beforeEach((to, from) => {
      if (to.path !== from.path && frame.value) left.set(from.fullPath, frame.value.scrollTop)
    }))
    undo.push(router.afterEach(async (to, from, failure) => {
      const top = comingBack ? (left.get(to.fullPath) ?? 0) : 0
      comingBack = false
      if (failure || to.path === from.path) return
      await nextTick() // the page before is still there
      goTo(top)
    }))
  })
  onBeforeUnmount(() => {
    stop()
    for (const each of undo) each()
  })
}
