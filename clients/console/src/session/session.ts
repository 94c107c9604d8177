import { computed, ref } from 'vue'
import type { Staff } from '@/api/types'

/**
 * Who is signed in. The session itself is in a cookie that no script can read: only the server knows whether it is
 * still open, and says so with 401. What is kept here lets a reload show the right page at once.
 */
const KEY = 'chengtuan.console.staff'
const OLD_KEY = 'chengtuan.console.session'

/** Why the sign-in page is shown, so that it can say so. */
export type Leaving = 'expired' | 'signed-out' | null

function restore(): Staff | null {
  localStorage.removeItem(OLD_KEY) // held a token once
  try {
    // Whether it is still open is the server's to say: the device's clock may be days off.
    return JSON.parse(localStorage.getItem(KEY) ?? 'null') as Staff | null
  } catch {
    return null
  }
}

const current = ref<Staff | null>(restore())
export const leaving = ref<Leaving>(null)
export const staff = computed(() => current.value)
export const signedIn = computed(() => current.value !== null)
/** Somebody else set the password: nothing can be done before it is changed. */
export const mustChangePassword = computed(() => current.value?.must_change_password ?? false)

export type Permission = Staff['permissions'][number]

/** Whether the signed-in person may do this; the server decides, this only hides what would be refused. */
export const may = (permission: Permission): boolean => current.value?.permissions?.includes(permission) ?? false

export function keepStaff(who: Staff): void {
  current.value = who
  leaving.value = null
  localStorage.setItem(KEY, JSON.stringify(who))
}

export function forgetSession(why: Leaving): void {
  if (current.value) leaving.value = why
  current.value = null
  localStorage.removeItem(KEY)
}

// signed in or out in another tab: this one follows, its cookie is the same
window.addEventListener('storage', (event) => {
  if (event.key !== KEY) return
  const who = restore()
  if (who) keepStaff(who)
  else forgetSession('signed-out')
})
