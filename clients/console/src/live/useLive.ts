import { shallowRef } from 'vue'
import { ApiProblem } from '@/api/problems'
import { usePolling } from './usePolling'

/**
 * One thing that the server knows, asked for again every few seconds while the page is seen. It is null until the first
 * answer; an error keeps what there was, and says what is wrong.
 */
export function useLive<T>(fetch: () => Promise<T>, everyMs = 5_000) {
  const value = shallowRef<T | null>(null)
  const problem = shallowRef<ApiProblem | null>(null)
  let round = 0

  /** What is asked last is shown, whatever is answered last. */
  async function refresh(): Promise<boolean> {
    const mine = ++round
    try {
      const found = await fetch()
      if (mine !== round) return true
      value.value = found
      problem.value = null
      return true
    } catch (error) {
      if (mine === round) problem.value = ApiProblem.from(error)
      return false
    }
  }

  usePolling(refresh, everyMs)
  return { value, problem, refresh }
}
