import { ref, type Ref } from 'vue'
import { toastProblem } from './feedback'

/** Run an action at most once at a time (double taps) and say what went wrong. */
export function useAction<A extends unknown[]>(
  action: (...args: A) => Promise<void>,
  onProblem: (e: unknown) => void = toastProblem,
): { busy: Ref<boolean>; run: (...args: A) => Promise<void> } {
  const busy = ref(false)
  async function run(...args: A): Promise<void> {
    if (busy.value) return
    busy.value = true
    try {
      await action(...args)
    } catch (e) {
      onProblem(e)
    } finally {
      busy.value = false
    }
  }
  return { busy, run }
}
