import { computed, inject, onScopeDispose, provide, reactive, type ComputedRef, type InjectionKey } from 'vue'

/** What is typed in a form's fields and cannot be read; a form with faults is not sent. */
export interface FormFaults {
  /** Field → sentence. */
  words: ComputedRef<Record<string, string>>
  any: ComputedRef<boolean>
  set(owner: symbol, field: string, words: string | null): void
}

const KEY: InjectionKey<FormFaults> = Symbol('faults of a form')

/** Called by a form: collects the faults of the fields in it. */
export function provideFaults(): FormFaults {
  const found = reactive(new Map<symbol, { field: string; words: string }>())
  const faults: FormFaults = {
    words: computed(() => Object.fromEntries([...found.values()].map(({ field, words }) => [field, words]))),
    any: computed(() => found.size > 0),
    set(owner, field, words) {
      if (words === null) found.delete(owner)
      else found.set(owner, { field, words })
    },
  }
  provide(KEY, faults)
  return faults
}

/** Called by a field: reports what is wrong with it, and takes that back when it goes away. */
export function useFault(): (field: string, words: string | null) => void {
  const faults = inject(KEY, null)
  if (!faults) throw new Error('a field that can be wrong needs a form that calls provideFaults()')
  const owner = Symbol('field')
  onScopeDispose(() => faults.set(owner, '', null))
  return (field, words) => faults.set(owner, field, words)
}
