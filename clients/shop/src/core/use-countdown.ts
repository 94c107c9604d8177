import { onHide, onShow } from '@dcloudio/uni-app'
import { computed, type ComputedRef, onUnmounted, ref, watch } from 'vue'
import { serverNow } from './clock'
import { clockOf } from './format'
import { t } from './i18n'

/**
 * Counts down by the server's clock; nothing while `until` is empty. At zero it only says so (once): what became of the
 * thing is the server's word.
 */
export function useCountdown(until: () => string, over: () => void): ComputedRef<string> {
  const msLeft = (): number => (until() ? Date.parse(until()) - serverNow() : 0)
  const left = ref(msLeft())
  let timer: ReturnType<typeof setInterval> | undefined
  let told = false
  let gone = false // page hooks outlive a component

  function tick(): void {
    left.value = msLeft()
    if (left.value > 0 || told || !until()) return
    told = true
    over()
  }
  function stop(): void {
    if (timer) clearInterval(timer)
    timer = undefined
  }
  function start(): void {
    stop()
    if (gone) return
    tick()
    timer = setInterval(tick, 1000)
  }
  watch(until, () => { told = false; tick() })
  onShow(start)
  onHide(stop)
  onUnmounted(() => { gone = true; stop() })
  start()
  return computed(() => {
    const { days, hms } = clockOf(left.value)
    return days ? `${t('ui.days', { n: days })} ${hms}` : hms
  })
}
