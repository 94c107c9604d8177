import { computed, shallowRef } from 'vue'
import { getMeta } from './api/shop'
import { learnNow } from './clock'
import type { Meta } from './contract'

export const meta = shallowRef<Meta | null>(null)
export const demo = computed(() => meta.value?.demo === true)

/** Read once what shop this is; the shop works without it. */
export async function loadMeta(): Promise<void> {
  if (meta.value) return
  meta.value = await getMeta().catch(() => null)
  learnNow(meta.value?.now)
}
