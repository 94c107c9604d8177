import { ref, shallowRef } from 'vue'
import { listCategories, listListings } from './api/shop'
import type { Category, ListingCard, ListingSort } from './contract'
import { loadMeta } from './meta'
import { onNetworkBack } from './network'
import { usePaging } from './paging'

/** The feed with its filters; every change of a filter reads the first page again. */
export function useListings(initial: ListingSort = 'popular') {
  const categories = shallowRef<Category[]>([])
  const category = ref('')
  const sort = ref<ListingSort>(initial)
  const query = ref('')
  const paging = usePaging<ListingCard>((cursor) =>
    listListings({ category: category.value, sort: sort.value, q: query.value.trim() }, cursor))

  /** Why there are no categories; null while nothing is known to be wrong. */
  const lacking = shallowRef<unknown>(null)
  async function loadCategories(): Promise<void> {
    lacking.value = null
    try {
      categories.value = (await listCategories()).items
    } catch (e) {
      lacking.value = e
    }
  }
  /** Everything that did not come, again. */
  async function recover(): Promise<void> {
    await Promise.all([
      loadMeta(),
      lacking.value ? loadCategories() : null,
      paging.state.value !== 'failed' ? null : paging.items.value.length ? paging.more() : paging.reload(),
    ])
  }
  onNetworkBack(() => void recover())
  function choose(change: { category?: string; sort?: ListingSort; query?: string }): void {
    if (change.category !== undefined) category.value = change.category
    if (change.sort !== undefined) sort.value = change.sort
    if (change.query !== undefined) query.value = change.query
    void paging.reload()
  }
  return { ...paging, categories, category, sort, query, lacking, loadCategories, recover, choose }
}
