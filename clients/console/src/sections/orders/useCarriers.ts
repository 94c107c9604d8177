import { onMounted, ref, shallowRef, watch, type Ref } from 'vue'
import { fetchCarriers } from './api'
import type { Carrier } from './types'

const carriers = shallowRef<Carrier[]>([])

const KEY = 'chengtuan.console.carrier'

/** The carrier used last on this device: parcels mostly go out with the same one. */
export const lastCarrier = ref(localStorage.getItem(KEY) ?? '')
watch(lastCarrier, (code) => localStorage.setItem(KEY, code))

/** Asked again whenever they are needed, until they are there. */
export async function loadCarriers(): Promise<void> {
  if (carriers.value.length === 0) carriers.value = await fetchCarriers().catch(() => [])
}

export function useCarriers(): Readonly<Ref<Carrier[]>> {
  onMounted(loadCarriers)
  return carriers
}
