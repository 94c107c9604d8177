import { computed, ref, shallowRef } from 'vue'
import type { Page } from './contract'

export const PAGE_SIZE = 20

/** A list read page by page. A reload started later wins over answers still under way. */
export function usePaging<T>(fetchPage: (cursor: string | null) => Promise<Page<T>>) {
  const items = shallowRef<T[]>([])
  const cursor = ref<string | null>(null)
  const state = ref<'loading' | 'ready' | 'more' | 'failed'>('loading')
  const error = shallowRef<unknown>(null)
  let round = 0

  /** Until `enough` are there or there are no more. */
  async function read(from: string | null, mine: number, enough = 0): Promise<void> {
    try {
      const fresh = from === null ? [] : [...items.value]
      let next = from
      do {
        const page = await fetchPage(next)
        if (mine !== round) return
        fresh.push(...page.items)
        next = page.next_cursor
      } while (next && fresh.length < enough)
      items.value = fresh
      cursor.value = next
      state.value = 'ready'
    } catch (e) {
      if (mine !== round) return
      error.value = e
      state.value = 'failed'
    }
  }
  /** Read from the beginning; `keep` leaves what is shown until as much of it is there again: nobody loses their place. */
  function reload(keep = false): Promise<void> {
    if (!keep) items.value = []
    state.value = items.value.length ? 'ready' : 'loading'
    return read(null, ++round, items.value.length)
  }
  async function more(): Promise<void> {
    if (state.value === 'loading' || state.value === 'more' || !cursor.value) return
    state.value = 'more'
    await read(cursor.value, round)
  }
  const empty = computed(() => state.value === 'ready' && items.value.length === 0)
  const ended = computed(() => state.value === 'ready' && items.value.length > 0 && cursor.value === null)
  return { items, state, error, empty, ended, reload, more }
}
