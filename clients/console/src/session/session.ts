import { computed, ref } from 'vue'
import type { Staff } from '@/api/types'

const KEY = 'chengtuan.console.session'

interface Stored {
  token: string
  expires_at: string
  staff: Staff
}

/** Why the sign-in page is shown, so that it can say so. */
export type Leaving = 'expired' | 'signed-out' | null

function restore(): Stored | null {
  try {
    // Whether it is still open is the server's to say: the device's clock may be days off.
    return JSON.parse(localStorage.getItem(KEY) ?? 'null') as Stored | null
  } catch {
    return null
  }
}

const current = ref<Stored | null>(restore())
export const leaving = ref<Leaving>(null)
export const staff = computed(() => current.value?.staff ?? null)
export const signedIn = computed(() => current.value !== null)

export function sessionToken(): string | null {
  return current.value?.token ?? null
}

export function keepSession(session: Stored): void {
  current.value = session
  leaving.value = null
  localStorage.setItem(KEY, JSON.stringify(session))
}

export function forgetSession(why: Leaving): void {
  if (current.value) leaving.value = why
  current.value = null
  localStorage.removeItem(KEY)
}
