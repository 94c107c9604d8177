import { onScopeDispose, ref, watch, type Ref } from 'vue'

/** Follows a ref once it has rested, so that typing does not send a request per key. */
export function useSettled<T>(source: Ref<T>, restMs = 300): Readonly<Ref<T>> {
  const settled = ref(source.value) as Ref<T>
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(source, (value) => {
    clearTimeout(timer)
    timer = setTimeout(() => (settled.value = value), restMs)
  })
  onScopeDispose(() => clearTimeout(timer))
  return settled
}
