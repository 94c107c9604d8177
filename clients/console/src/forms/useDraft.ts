import { computed, onBeforeUnmount, ref, watch, type ComputedRef, type Ref } from 'vue'
import { staff } from '@/session/session'
import { dropDraft, findDraft, storeDraft } from './drafts'
import type { FormFaults } from './faults'
import { useUnsaved } from './useUnsaved'

const REST_MS = 400

export interface Draft<T> {
  /** What was kept of an earlier visit, or null; ask before `begin`. */
  kept(): T | null
  /** From here on it is watched; `content()` is what counts as saved, unless something else is said. */
  begin(saved?: T): void
  /** Saved, or thrown away on purpose: nothing is asked any more. */
  done(): void
  dirty: ComputedRef<boolean>
  /** Whether the form shows what was kept of an earlier visit. */
  restored: Ref<boolean>
}

/**
 * A form whose content survives reloads and the end of the session, and is not left by accident. What is typed in it and
 * cannot be read is in no content, only in the `faults`: it is asked about, too.
 */
export function useDraft<T>(form: string, content: () => T | null, faults: Pick<FormFaults, 'any'>): Draft<T> {
  const person = staff.value?.id ?? ''
  const saved = ref<string | null>(null)
  const restored = ref(false)
  const now = computed(() => JSON.stringify(content()))
  const changed = computed(() => saved.value !== null && now.value !== saved.value)
  const dirty = computed(() => changed.value || (saved.value !== null && faults.any.value))
  let timer: ReturnType<typeof setTimeout> | undefined

  function keep(): void {
    clearTimeout(timer)
    if (saved.value === null) return
    if (changed.value) storeDraft(person, form, content())
    else dropDraft(person, form)
  }

  watch(now, () => {
    clearTimeout(timer)
    timer = setTimeout(keep, REST_MS)
  })
  onBeforeUnmount(keep)

  function done(): void {
    clearTimeout(timer)
    saved.value = null
    restored.value = false
    dropDraft(person, form)
  }

  useUnsaved(() => dirty.value, done)
  return {
    kept: () => findDraft(person, form) as T | null,
    begin: (first) => {
      saved.value = first === undefined ? now.value : JSON.stringify(first)
      keep()
    },
    done,
    dirty,
    restored,
  }
}
