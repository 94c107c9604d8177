import { vi } from 'vitest'

const storage = new Map<string, unknown>()
type Request = { url: string; method: string; data?: unknown; header: Record<string, string>; success: (r: object) => void; fail: (e: { errMsg: string }) => void }
/** What the pages call at run time; a test sets `answer` to play the server. */
export const fake = {
  storage,
  requests: [] as Request[],
  answer: (_request: Request): { statusCode: number; data: unknown; header?: Record<string, string> } | { errMsg: string } => ({ statusCode: 404, data: {} }),
  toasts: [] as string[],
  went: [] as string[],
  hooks: new Map<string, ((...args: unknown[]) => unknown)[]>(),
}

vi.mock('@dcloudio/uni-app', () => {
  const hook = (name: string) => (f: (...args: unknown[]) => unknown) => void fake.hooks.set(name, [...(fake.hooks.get(name) ?? []), f])
  const names = ['onLoad', 'onShow', 'onHide', 'onUnload', 'onShareAppMessage', 'onShareTimeline', 'onPullDownRefresh', 'onReachBottom', 'onLaunch']
  return Object.fromEntries(names.map((n) => [n, hook(n)]))
})

const go = (o: { url: string; success?: () => void; complete?: () => void }): void => {
  fake.went.push(o.url)
  o.success?.()
  o.complete?.()
}
Object.assign(globalThis, {
  getCurrentPages: () => [],
  uni: {
    getStorageSync: (k: string) => storage.get(k) ?? '',
    setStorageSync: (k: string, v: unknown) => void storage.set(k, v),
    removeStorageSync: (k: string) => void storage.delete(k),
    setNavigationBarTitle: vi.fn(), setTabBarItem: vi.fn(), pageScrollTo: vi.fn(), stopPullDownRefresh: vi.fn(), onNetworkStatusChange: vi.fn(), offNetworkStatusChange: vi.fn(),
    showToast: (o: { title: string }) => void fake.toasts.push(o.title),
    navigateTo: go,
    redirectTo: go,
    switchTab: go,
    request: (r: Request) => {
      fake.requests.push(r)
      queueMicrotask(() => {
        const answer = fake.answer(r)
        if ('errMsg' in answer) r.fail(answer)
        else r.success(answer)
      })
    },
  },
})
