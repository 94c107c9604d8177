import { computed, ref, shallowRef, watch, type WatchSource } from 'vue'
import { ApiProblem } from '@/api/problems'
import type { Page } from '@/api/types'
import { usePolling } from './usePolling'

type FetchPage<T> = (cursor: string | undefined) => Promise<Page<T>>

/** More pages than this are not refreshed by themselves; the reader is far down the list then. */
const MAX_LIVE_PAGES = 5

/**
 * A list that keeps itself fresh: all pages loaded so far are asked again every few seconds.
 * `items` is null until the first answer. An error keeps the last items, so that a hiccup of the
 * network does not empty the screen.
 */
export function useLiveList<T>(fetchPage: FetchPage<T>, filters: WatchSource[] = [], everyMs = 5_000) {
  const items = shallowRef<T[] | null>(null)
  const problem = shallowRef<ApiProblem | null>(null)
  const cursor = ref<string | null>(null)
  const loadingMore = ref(false)
  let pages = 1
  let round = 0

  async function refresh(): Promise<boolean> {
    const mine = ++round
    try {
      const fresh = await fetchPages(fetchPage, pages)
      if (mine !== round) return true
      items.value = fresh.items
      cursor.value = fresh.next_cursor
      problem.value = null
      return true
    } catch (error) {
      if (mine === round) problem.value = ApiProblem.from(error)
      return false
    }
  }

  async function loadMore(): Promise<void> {
    loadingMore.value = true
    pages += 1
    await refresh()
    loadingMore.value = false
  }

  function restart(): void {
    pages = 1
    items.value = null
    problem.value = null
    void refresh()
  }

  if (filters.length > 0) watch(filters, restart)
  usePolling(() => (pages > MAX_LIVE_PAGES ? Promise.resolve(true) : refresh()), everyMs)
  return { items, problem, loadingMore, refresh, loadMore, hasMore: computed(() => cursor.value !== null) }
}

async function fetchPages<T>(fetchPage: FetchPage<T>, count: number): Promise<Page<T>> {
  const items: T[] = []
  let cursor: string | undefined
  for (let page = 0; page < count; page += 1) {
    const answer = await fetchPage(cursor)
    items.push(...answer.items)
    if (!answer.next_cursor) return { items, next_cursor: null }
    cursor = answer.next_cursor
  }
  return { items, next_cursor: cursor ?? null }
}
