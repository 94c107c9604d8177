import type { Colleague } from './types'

export type State = 'active' | 'disabled' | 'first' | 'expired'

/** Whether somebody gets in, and what has to happen before. */
export function stateOf(colleague: Pick<Colleague, 'disabled_at' | 'first_password_until'>, now: number): State {
  if (colleague.disabled_at) return 'disabled'
  if (!colleague.first_password_until) return 'active'
  return Date.parse(colleague.first_password_until) > now ? 'first' : 'expired'
}
