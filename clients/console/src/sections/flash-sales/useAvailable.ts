import { computed, watch } from 'vue'
import { useLive } from '@/live/useLive'
import { may } from '@/session/session'
import { fetchAvailable } from './api'

/** What can be set aside of a product's variants, kept fresh; nothing while it is not known. */
export function useAvailable(productId: () => string | undefined) {
  async function fetch(): Promise<{ of: string; units: Record<string, number> }> {
    const of = productId() ?? ''
    return { of, units: of && may('stock:read') ? await fetchAvailable(of) : {} }
  }
  const { value, refresh } = useLive(fetch, 10_000)
  watch(productId, () => void refresh())
  const available = computed(() => (value.value && value.value.of === productId() ? value.value.units : {}))
  return { available, refresh }
}
