import { onMounted, ref, shallowRef, type Ref } from 'vue'
import { fetchCarriers } from '@/api/fulfilment'
import type { Carrier } from '@/api/types'

const carriers = shallowRef<Carrier[]>([])

/** The carrier used last: parcels of a day mostly go out with the same one. */
export const lastCarrier = ref('')

export function useCarriers(): Readonly<Ref<Carrier[]>> {
  onMounted(async () => {
    if (carriers.value.length === 0) carriers.value = await fetchCarriers().catch(() => [])
  })
  return carriers
}
