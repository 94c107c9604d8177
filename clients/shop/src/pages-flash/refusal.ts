import type { Hold } from '@/core/contract'
import { ApiProblem } from '@/core/http'

/** Why no order could be made of it, as if it had been refused at once. */
export function refusalOf({ problem }: Pick<Hold, 'problem'>): ApiProblem {
  const { code, status } = problem ?? {}
  return new ApiProblem(typeof code === 'string' ? code : 'client/unexpected', Number(status ?? 0), problem ?? {})
}
