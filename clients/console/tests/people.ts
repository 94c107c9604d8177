import { keepStaff } from '@/session/session'

/** Somebody of a merchant's staff, signed in. */
export function signInAs(id: string): void {
  keepStaff({ id, login: id, name: id, roles: ['merchant_owner'], permissions: ['products:read', 'products:edit', 'orders:read'], merchant_id: 'm', must_change_password: false })
}
