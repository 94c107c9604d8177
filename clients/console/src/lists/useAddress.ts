import { computed, ref, watch, type ComputedRef, type Ref, type WritableComputedRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { useSettled } from './useSettled'

/**
 * What a list shows is kept in its address, so that a reload, Back and a link sent to somebody else show the same.
 * What has its usual value is left out.
 */
export function useAddress() {
  const route = useRoute()
  const router = useRouter()
  const read = (name: string): string => {
    const value = route.query[name]
    return typeof value === 'string' ? value : ''
  }
  const write = (changes: Record<string, string>): void => {
    const kept = Object.entries({ ...route.query, ...changes }).filter(([, value]) => value !== '')
    void router.replace({ query: Object.fromEntries(kept) })
  }
  return { read, write }
}

/** The chosen tab; `first` where the address names none. Another one begins on its first page. */
export function useQueryTab<T extends string>(values: readonly T[], first: T | (() => T)): WritableComputedRef<T> {
  const { read, write } = useAddress()
  return computed({
    get: () => values.find((value) => value === read('status')) ?? (typeof first === 'function' ? first() : first),
    set: (status) => write({ status, pages: '' }),
  })
}

/** What a link narrows the list to, such as one campaign; `FilterTag` takes it away again. */
export function useQueryFilter(name: string): ComputedRef<string | undefined> {
  const { read } = useAddress()
  return computed(() => read(name) || undefined)
}

/** How many pages of the list are open; a second list of a page keeps its own under another name. */
export function useQueryPages(name = 'pages'): WritableComputedRef<number> {
  const { read, write } = useAddress()
  return computed({
    get: () => Math.min(MOST_PAGES, Math.max(1, Number.parseInt(read(name), 10) || 1)),
    set: (pages) => write({ [name]: pages > 1 ? String(pages) : '' }),
  })
}
const MOST_PAGES = 20

/** What is typed into a search field, and what is asked for once it rests. `also`: what else a new search changes. */
export function useQueryText(also: Record<string, string> = {}): { typed: Ref<string>; asked: Readonly<Ref<string>> } {
  const { read, write } = useAddress()
  const typed = ref(read('q'))
  const rested = useSettled(typed)
  watch(rested, (text) => {
    if (text.trim() !== read('q')) write({ q: text.trim(), pages: '', ...(text.trim() ? also : {}) })
  })
  // Back, or a link: the field follows, unless somebody is typing into it
  const asked = computed(() => read('q'))
  watch(asked, (text) => {
    if (text !== typed.value.trim() && rested.value === typed.value) typed.value = text
  })
  return { typed, asked }
}
