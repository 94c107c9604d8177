import { computed, type WritableComputedRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'

/** The chosen tab, kept in the address so that a reload or a shared link opens the same one. */
export function useQueryTab<T extends string>(values: readonly T[], first: T): WritableComputedRef<T> {
  const route = useRoute()
  const router = useRouter()
  return computed({
    get: () => values.find((value) => value === route.query.status) ?? first,
    set: (status) => void router.replace({ query: { ...route.query, status } }),
  })
}
