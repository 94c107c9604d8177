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

  async function read(from: string | null, mine: number): Promise<void> {
    try {
      const page = await fetchPage(from)
      if (mine !== round) return
      items.value = from === null ? page.items : [...items.value, ...page.items]
      cursor.value = page.next_cursor
      state.value = 'ready'
    } catch (e) {
      if (mine !== round) return
      error.value = e
      state.value = 'failed'
    }
  }
  /** Read the first page again; `keep` leaves the shown items until the answer is there. */
  function reload(keep = false): Promise<void> {
    if (!keep) items.value = []
    state.value = items.value.length ? 'ready' : 'loading'
    return read(null, ++round)
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
