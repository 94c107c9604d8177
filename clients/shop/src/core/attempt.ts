import { uuid } from './uuid'

const KEY = 'ct.attempts'
const MOST = 5
type Attempt = { print: string; key: string }
const kept = (): Attempt[] => (uni.getStorageSync(KEY) as Attempt[] | '') || []

/**
 * The idempotency key of a checkout attempt. The same order contents keep the same key (kept in storage,
 * so a lost answer, a second tap, a page reload or another tab cannot order twice); changed contents are a new attempt.
 */
export function attemptKey(contents: object): string {
  const print = JSON.stringify(contents)
  const begun = kept().find((attempt) => attempt.print === print)
  if (begun) return begun.key
  const key = uuid()
  uni.setStorageSync(KEY, [...kept(), { print, key }].slice(-MOST))
  return key
}
/** The order exists: the next order with equal contents is a new one. */
export function endAttempt(contents: object): void {
  const print = JSON.stringify(contents)
  uni.setStorageSync(KEY, kept().filter((attempt) => attempt.print !== print))
}
