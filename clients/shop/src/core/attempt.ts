import { session } from './session'
import { uuid } from './uuid'

const KEY = 'ct.attempts'
const MOST = 5
/** What goes on by itself until a moment of the server's clock (ms), and whose it is. */
type Going = { about: string; of: string; until: number }
type Attempt = { print: string; key: string; going?: Going }
const kept = (): Attempt[] => (uni.getStorageSync(KEY) as Attempt[] | '') || []
const keep = (attempts: Attempt[]): void => uni.setStorageSync(KEY, attempts.slice(-MOST))

/**
 * The idempotency key of a checkout attempt. The same order contents keep the same key (kept in storage,
 * so a lost answer, a second tap, a page reload or another tab cannot order twice); changed contents are a new attempt.
 */
export function attemptKey(contents: object): string {
  const print = JSON.stringify(contents)
  const begun = kept().find((attempt) => attempt.print === print)
  if (begun) return begun.key
  const key = uuid()
  keep([...kept(), { print, key }])
  return key
}
/** The order exists: the next order with equal contents is a new one. */
export function endAttempt(contents: object): void {
  const print = JSON.stringify(contents)
  keep(kept().filter((attempt) => attempt.print !== print))
}

/** Until then the attempt goes on by itself, also after its page was left: the only one that is about this. */
export function keepGoing(about: string, contents: object, until: number): void {
  const print = JSON.stringify(contents)
  const going = { about, of: session.user?.id ?? '', until }
  keep(kept().map((each) => (each.print === print ? { ...each, going } : each.going?.about === about ? resting(each) : each)))
}
/** What the one who is signed in asked for and that was to go on; its time may be over. */
export function findGoing<T extends object>(about: string): { contents: T; until: number } | null {
  const found = kept().find(({ going }) => going?.about === about && going.of === session.user?.id)
  return found ? { contents: JSON.parse(found.print) as T, until: found.going!.until } : null
}
/** It no longer goes on by itself. Its key stays: whoever asks for the same means the same. */
export function stopGoing(about: string): void {
  keep(kept().map((each) => (each.going?.about === about ? resting(each) : each)))
}
const resting = ({ print, key }: Attempt): Attempt => ({ print, key })
