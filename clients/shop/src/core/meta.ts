import { computed, shallowRef } from 'vue'
import { getMeta } from './api/shop'
import type { Meta } from './contract'

export const meta = shallowRef<Meta | null>(null)
export const demo = computed(() => meta.value?.demo === true)
/** Where the demo's text messages arrive; empty in a real shop. */
export const smsDesk = computed(() => (demo.value && meta.value?.sandbox_desk_url ? `${meta.value.sandbox_desk_url.replace(/\/+$/, '')}/sms` : ''))

/** Read once what shop this is; the shop works without it. */
export async function loadMeta(): Promise<void> {
  if (meta.value) return
  meta.value = await getMeta().catch(() => null)
}
