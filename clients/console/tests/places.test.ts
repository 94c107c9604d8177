import { mount } from '@vue/test-utils'
import { describe, expect, it, vi } from 'vitest'
import { i18n } from '@/i18n'
import AppShell from '@/app/AppShell.vue'
import { router } from '@/app/router'
import { opens } from '@/session/places'
import { forgetSession, keepStaff, type Permission } from '@/session/session'

vi.mock('@/api/staff', () => ({ fetchMeta: () => Promise.reject(new Error()), fetchStaff: () => new Promise(() => {}), fetchMerchant: () => Promise.reject(new Error()) }))

const NEEDS: Record<string, Permission | null> = {
  home: null, products: 'products:read', freight: 'products:read', campaigns: 'campaigns:read', 'flash-sales': 'campaigns:read', groups: 'groups:read', orders: 'orders:read', refunds: 'refunds:read',
  money: 'ledger:read', reconciliation: 'reconciliation:read', background: 'background:read', staff: 'staff:manage',
}
const all = Object.values(NEEDS).filter((each): each is Permission => each !== null)

function signIn(permissions: Permission[]): void {
  keepStaff({ id: 'a', login: 'a', name: 'a', roles: [], permissions, merchant_id: 'm', must_change_password: false })
}

function menu(): string[] {
  const shell = mount(AppShell, { global: { plugins: [router, i18n], stubs: { 'el-icon': true, 'el-button': true } } })
  const names = shell.findAll('[data-test^="nav-"]').map((entry) => entry.attributes('data-test')!.slice(4))
  shell.unmount()
  return names
}

describe('the menu', () => {
  it.each([[[]], ...all.map((each) => [[each]]), [all]] as Permission[][][])('offers with %j what they allow, and nothing else', (permissions) => {
    signIn(permissions)
    const expected = Object.entries(NEEDS).filter(([, needs]) => needs === null || permissions.includes(needs)).map(([name]) => name)
    expect(menu()).toEqual(expected)
  })
})

describe('addresses', () => {
  it('of every page but the first name what one needs for them', () => {
    const open = router.getRoutes().filter((route) => !route.meta.needs).map((route) => String(route.name))
    expect(open.sort()).toEqual(['home', 'nowhere', 'sign-in'])
  })

  it('of pages that change something need more than reading', () => {
    signIn(['products:read', 'campaigns:read'])
    expect(['product-new', 'campaign-new', 'flash-sale-new', 'products'].map((name) => opens(router, name))).toEqual([false, false, false, true])
  })

  it('that nobody knows lead to a page with words', async () => {
    signIn([])
    await router.push('/what-is-this')
    expect(router.currentRoute.value.name).toBe('nowhere')
  })

  it.each(['/products/abc', '/campaigns/1', '/flash-sales/1', '/reconciliation/yesterday'])('that can be none (%s) are told apart without asking a server', (path) => {
    expect(router.resolve(path).name).toBe('nowhere')
  })

  it.each([['/products/01a21d82-44ad-74b5-a481-ede42a7e2e73', 'product-edit'], ['/campaigns/01a21d82-44ad-74b5-a481-ede42a7e2e73', 'campaign'], ['/flash-sales/01a21d82-44ad-74b5-a481-ede42a7e2e73', 'flash-sale'], ['/reconciliation/2026-11-20', 'reconciliation-day'], ['/products/new', 'product-new']])('of one thing (%s) lead to it', (path, name) => {
    expect(router.resolve(path).name).toBe(name)
  })

  it('typed by somebody who may not show words instead of the page', async () => {
    signIn([])
    await router.push('/orders')
    const shell = mount(AppShell, { global: { plugins: [router, i18n], stubs: { 'el-icon': true, 'el-button': true } } })
    expect(shell.find('[data-test="not-allowed"]').exists()).toBe(true)
    shell.unmount()
  })
})

describe('the page to sign in', () => {
  it('leads back to where one was, also when one signs in in another tab', async () => {
    signIn(['orders:read'])
    await router.push('/orders?q=5')
    forgetSession('signed-out')
    await vi.waitFor(() => expect(router.currentRoute.value.name).toBe('sign-in'))
    localStorage.setItem('chengtuan.console.staff', JSON.stringify({ id: 'a', login: 'a', name: 'a', roles: [], permissions: ['orders:read'], merchant_id: 'm' }))
    window.dispatchEvent(new StorageEvent('storage', { key: 'chengtuan.console.staff' }))
    await vi.waitFor(() => expect(router.currentRoute.value.fullPath).toBe('/orders?q=5'))
  })

  it('leads to the page of passwords, and from there nowhere, with a password that somebody else set', async () => {
    forgetSession('signed-out')
    await vi.waitFor(() => expect(router.currentRoute.value.name).toBe('sign-in'))
    const who = { id: 'a', login: 'a', name: 'a', roles: [], permissions: ['own-account' as const], merchant_id: 'm' }
    keepStaff({ ...who, must_change_password: true })
    await vi.waitFor(() => expect(router.currentRoute.value.name).toBe('password'))
    await router.push('/orders')
    expect(router.currentRoute.value.name).toBe('password')
    expect(menu()).toEqual([])
    keepStaff({ ...who, must_change_password: false })
    await router.push('/')
    expect(router.currentRoute.value.name).toBe('home')
  })

  it('leads nowhere else', async () => {
    forgetSession('signed-out')
    await vi.waitFor(() => expect(router.currentRoute.value.name).toBe('sign-in'))
    await router.push('/sign-in?to=https://elsewhere.example')
    signIn([])
    await vi.waitFor(() => expect(router.currentRoute.value.fullPath).toBe('/'))
  })
})
