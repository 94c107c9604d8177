import { computed, ref, shallowRef, watch, type Ref, type WatchSource } from 'vue'
import { ApiProblem } from '@/api/problems'
import type { Page } from '@/api/types'
import { usePolling } from '@/live/usePolling'

export type FetchPage<T> = (cursor: string | undefined) => Promise<Page<T>>

/** More pages than this are not refreshed by themselves; the reader is far down the list then. */
const MAX_LIVE_PAGES = 5

export interface Options<T> {
  /** A change of one of these begins the list anew. */
  filters?: WatchSource[]
  everyMs?: number
  /** How many pages are open; kept by the caller where it is part of the address. */
  pages?: Ref<number>
  keyOf?: (item: T) => unknown
}

/**
 * A list that keeps itself fresh: the pages loaded so far are asked again every few seconds; "more" asks for the next
 * one alone. No item is shown twice, wherever it has moved meanwhile. `items` is null until the first answer. An error
 * keeps the last items, so that a hiccup of the network does not empty the screen.
 */
export function useLiveList<T>(fetchPage: FetchPage<T>, options: Options<T> = {}) {
  const { filters = [], everyMs = 5_000, pages = ref(1), keyOf = (item: T) => (item as { id?: unknown }).id ?? item } = options
  const items = shallowRef<T[] | null>(null)
  const problem = shallowRef<ApiProblem | null>(null)
  const cursor = ref<string | null>(null)
  const loadingMore = ref(false)
  let round = 0

  function show(found: Page<T>): void {
    items.value = [...new Map(found.items.map((item) => [keyOf(item), item])).values()]
    cursor.value = found.next_cursor
    problem.value = null
  }

  /** What is asked last is shown, whatever is answered last. */
  async function ask(question: () => Promise<Page<T>>): Promise<boolean> {
    const mine = ++round
    try {
      const found = await question()
      if (mine === round) show(found)
      return true
    } catch (error) {
      if (mine === round) problem.value = ApiProblem.from(error)
      return false
    }
  }

  const refresh = (): Promise<boolean> => ask(() => fetchPages(fetchPage, pages.value))

  async function loadMore(): Promise<void> {
    const next = cursor.value
    if (next === null || loadingMore.value) return
    loadingMore.value = true
    const before = items.value ?? []
    const asked = round + 1
    const well = await ask(async () => {
      const found = await fetchPage(next)
      return { items: [...before, ...found.items], next_cursor: found.next_cursor }
    })
    loadingMore.value = false
    if (well && round === asked) pages.value += 1
  }

  function restart(): void {
    items.value = null
    problem.value = null
    void refresh()
  }

  if (filters.length > 0) watch(filters, restart)
  /** A page that is on its way, or a reader far down, is not disturbed; the first answer is always asked for. */
  const rests = (): boolean => items.value !== null && (loadingMore.value || pages.value > MAX_LIVE_PAGES)
  usePolling(() => (rests() ? Promise.resolve(true) : refresh()), everyMs)
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

export type LiveList<T> = ReturnType<typeof useLiveList<T>>
