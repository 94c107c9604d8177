import { keepSession } from '@/session/session'

/** Somebody of a merchant's staff, signed in. */
export function signInAs(id: string): void {
  keepSession({ token: 't', expires_at: '', staff: { id, login: id, name: id, roles: ['merchant_owner'], merchant_id: 'm' } })
}
