import { shallowReactive } from 'vue'
import { fetchMerchantName } from '@/api/merchants'
import type { LText } from '@/api/types'

const names = shallowReactive(new Map<string, LText | null>())

export const nameOfMerchant = (id: string | null | undefined): LText | null => (id ? (names.get(id) ?? null) : null)

/** Asked once for each shop; one that cannot be read now is asked for the next time it is shown. */
export function learnMerchant(id: string): void {
  if (names.has(id)) return
  names.set(id, null)
  fetchMerchantName(id).then((name) => names.set(id, name), () => names.delete(id))
}
