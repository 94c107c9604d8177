import { computed, ref, watch } from 'vue'
import { nearestSlot, useFlashZone } from '@/core/flash'

const KEY = 'ct.flash-strip'
/** So long the list waits for a shopper's first answer about flash sales. */
const AT_MOST_MS = 800

/**
 * The flash sales over the list, which nothing pushes down: their place is kept where there were some the last time, and
 * otherwise the list waits a moment to know whether there are any.
 */
export function useStrip() {
  const zone = useFlashZone()
  const expected = ref(uni.getStorageSync(KEY) === '1')
  const waited = ref(true)
  const known = computed(() => zone.slots.value !== null || zone.error.value !== null)
  watch(zone.slots, (slots) => {
    if (!slots) return
    expected.value = nearestSlot(slots) !== undefined
    uni.setStorageSync(KEY, expected.value ? '1' : '')
  })
  function start(): void {
    zone.start()
    waited.value = known.value
    setTimeout(() => { waited.value = true }, AT_MOST_MS)
  }
  /** Its place is kept, until it is known what stands there. */
  const kept = computed(() => !known.value && expected.value)
  const awaited = computed(() => !known.value && !expected.value && !waited.value)
  return { ...zone, start, kept, awaited }
}
