import { computed, reactive } from 'vue'
import type { Me, Session } from './contract'

export const SESSION_KEY = 'ct.session'
const DEVICE = 'ct.device'
type Stored = { token: string; user: Me | null }
const read = (): Stored => (uni.getStorageSync(SESSION_KEY) as Stored | '') || { token: '', user: null }

const state = reactive<Stored>({ token: '', user: null })
export const session = state
export const signedIn = computed(() => state.token !== '')

/** Load the stored session; called once at launch, before the first page, and when another tab signed in or out. */
export function restoreSession(): void {
  Object.assign(state, read())
}

/** Shown when signing in again: a device that signed in before is let through first. Kept beyond signing out. */
export const knownDevice = (): string | null => (uni.getStorageSync(DEVICE) as string) || null

export function keepSession(s: Session): void {
  uni.setStorageSync(DEVICE, s.device)
  Object.assign(state, { token: s.token, user: s.user })
  uni.setStorageSync(SESSION_KEY, { token: s.token, user: s.user })
}

export function keepMe(user: Me): void {
  state.user = user
  uni.setStorageSync(SESSION_KEY, { token: state.token, user })
}

export function dropSession(): void {
  Object.assign(state, { token: '', user: null })
  uni.removeStorageSync(SESSION_KEY)
}
