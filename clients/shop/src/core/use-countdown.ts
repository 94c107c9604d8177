import { onHide, onShow } from '@dcloudio/uni-app'
import { computed, type ComputedRef, onUnmounted, ref, watch } from 'vue'
import { serverNow } from './clock'
import { clockOf } from './format'
import { t } from './i18n'

const SECOND = 1000
/** Whole seconds: all countdowns move at the same moments, so that two of one thing never differ. */
const second = (): number => Math.floor(serverNow() / SECOND) * SECOND

/**
 * Counts down by the server's clock; nothing while `until` is empty. At zero it only says so (once): what became of the
 * thing is the server's word.
 */
export function useCountdown(until: () => string, over: () => void): ComputedRef<string> {
  const msLeft = (): number => (until() ? Date.parse(until()) - second() : 0)
  const left = ref(msLeft())
  let timer: ReturnType<typeof setTimeout> | undefined
  let told = false
  let gone = false // page hooks outlive a component

  function tick(): void {
    left.value = msLeft()
    if (left.value > 0 || told || !until()) return
    told = true
    over()
  }
  function stop(): void {
    if (timer) clearTimeout(timer)
    timer = undefined
  }
  function start(): void {
    stop()
    if (gone) return
    tick()
    timer = setTimeout(start, second() + SECOND - serverNow())
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
