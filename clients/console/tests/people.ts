import { keepStaff, type Permission } from '@/session/session'

/** Somebody of a merchant's staff, signed in. */
export function signInAs(id: string, permissions: Permission[] = ['products:read', 'products:edit', 'orders:read']): void {
  keepStaff({ id, login: id, name: id, roles: ['merchant_owner'], permissions, merchant_id: 'm', must_change_password: false })
}
