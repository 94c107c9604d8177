import { shallowRef } from 'vue'

/** What is looked at beside the page, or was last: `id` is null once it is closed. */
export const lookedAt = shallowRef<{ what: string; id: string | null } | null>(null)

/** Shows a thing of another section beside the page, for example an order beside its refund. */
export function lookAt(what: string, id: string): void {
  lookedAt.value = { what, id }
}

export function lookAway(): void {
  if (lookedAt.value?.id) lookedAt.value = { ...lookedAt.value, id: null }
}
