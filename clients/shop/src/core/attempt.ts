import { uuid } from './uuid'

const KEY = 'ct.attempt'
type Attempt = { print: string; key: string }

/**
 * The idempotency key of a checkout attempt. The same order contents keep the same key (kept in storage,
 * so a lost answer, a second tap or a page reload cannot order twice); changed contents are a new attempt.
 */
export function attemptKey(contents: object): string {
  const print = JSON.stringify(contents)
  const kept = uni.getStorageSync(KEY) as Attempt | ''
  if (kept && kept.print === print) return kept.key
  const key = uuid()
  uni.setStorageSync(KEY, { print, key })
  return key
}
/** The order exists: the next order with equal contents is a new one. */
export const endAttempt = (): void => uni.removeStorageSync(KEY)
