import { watch } from 'vue'
import { session } from './session'

type Kept = { of: string; typed: object }
type Store = { get: (key: string) => Kept | null; put: (key: string, kept: Kept) => void; erase: (key: string) => void }

const memory = new Map<string, Kept>()
let store: Store = { get: (key) => memory.get(key) ?? null, put: (key, kept) => void memory.set(key, kept), erase: (key) => void memory.delete(key) }
// #ifdef H5
// a page that is loaded again remembers; a closed tab forgets, for it may have been somebody else's computer
const PREFIX = 'ct.draft.'
store = {
  get: (key) => JSON.parse(sessionStorage.getItem(PREFIX + key) ?? 'null') as Kept | null,
  put: (key, kept) => sessionStorage.setItem(PREFIX + key, JSON.stringify(kept)),
  erase: (key) => sessionStorage.removeItem(PREFIX + key),
}
// #endif

let lastUser = ''
const user = (): string => (lastUser = session.user?.id ?? lastUser)

/**
 * What somebody types into `form`, kept in this tab until it is saved or given up: it outlives a reload, the end of a
 * session and the sign-in after it. Another account never sees it. `start` takes up what was kept and says whether
 * there was anything; from then on every change is kept, until `rest`.
 */
export function useDraft<T extends object>(form: T): { start: (key: string) => boolean; move: (key: string) => void; rest: () => void; drop: () => void } {
  let name = ''
  watch(() => ({ ...form }), (typed) => { if (name) store.put(name, { of: user(), typed }) }, { flush: 'sync' })
  function start(key: string): boolean {
    const kept = store.get(key)
    name = key
    if (!kept || kept.of !== user()) return false
    Object.assign(form, kept.typed)
    return true
  }
  /** It is another one's draft from now on: what is typed goes along. */
  function move(key: string): void {
    if (name) store.erase(name)
    name = key
    store.put(name, { of: user(), typed: { ...form } })
  }
  function rest(): void {
    name = ''
  }
  function drop(): void {
    if (name) store.erase(name)
    rest()
  }
  return { start, move, rest, drop }
}
