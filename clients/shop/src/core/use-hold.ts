import { onHide, onShow } from '@dcloudio/uni-app'
import { onUnmounted, watch } from 'vue'
import { holdBack, type Release } from './back'

/** While `active`, "back" calls `onBack` instead of leaving the page; if it is still active then, the next one too. */
export function useHold(active: () => boolean, onBack: () => void): void {
  let release: Release | null = null
  let gone = false
  function keep(): void {
    if (gone || !active() || release) return
    release = holdBack(() => {
      release = null
      onBack()
    })
  }
  function free(): void {
    release?.()
    release = null
  }
  watch(active, (on) => (on ? keep() : free()), { immediate: true })
  onShow(keep)
  onHide(free)
  onUnmounted(() => {
    gone = true // page hooks outlive a component
    free()
  })
}
