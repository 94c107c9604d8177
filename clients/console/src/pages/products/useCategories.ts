import { onMounted, shallowRef, type Ref } from 'vue'
import { fetchCategories } from '@/api/catalog'
import type { Category } from '@/api/types'

const categories = shallowRef<Category[]>([])

/** The categories, asked once per visit; they change with a release, not by the minute. */
export function useCategories(): Readonly<Ref<Category[]>> {
  onMounted(async () => {
    if (categories.value.length === 0) categories.value = await fetchCategories().catch(() => [])
  })
  return categories
}
