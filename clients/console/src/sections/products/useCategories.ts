import { onMounted, shallowRef, type Ref } from 'vue'
import { fetchCategories } from './api'
import type { Category } from './types'

const categories = shallowRef<Category[]>([])

/** Asked again whenever they are needed, until they are there. */
export async function loadCategories(): Promise<void> {
  if (categories.value.length === 0) categories.value = await fetchCategories().catch(() => [])
}

/** The categories, asked once per visit; they change with a release, not by the minute. */
export function useCategories(): Readonly<Ref<Category[]>> {
  onMounted(loadCategories)
  return categories
}
