import { afterEach, beforeEach, vi } from 'vitest'
import { learnNow } from '@/core/clock'
import type { FlashCard, FlashSale, FlashSlot, Hold, OwnHold, Quote } from '@/core/contract'
import { keepSession } from '@/core/session'
import { fake } from './setup'

export const NOON = Date.parse('2026-11-28T04:00:00Z') // in Shanghai
export const at = (s: number): string => new Date(NOON + s * 1000).toISOString()
export const card = (change: Partial<FlashCard> = {}): FlashCard => ({
  id: 'f1', product: { id: 'p1', name: { en: 'Tea' }, image_url: '/m', merchant_id: 'm1', merchant_name: { en: 'Shop' } },
  flash_price_fen: 1990, price_fen: 4990, allotted: 10, free: 3, per_user_limit: 2, starts_at: at(-600), ends_at: at(600), state: 'running', ...change,
})
export const slot = (state: FlashSlot['state'], ...sales: FlashCard[]): FlashSlot => ({ starts_at: sales[0]!.starts_at, ends_at: sales[0]!.ends_at, state, sales })
export const COMING = card({ id: 'f2', state: 'upcoming', starts_at: at(60), ends_at: at(3600), free: 10 })
export const sale = (change: Partial<FlashSale> = {}): FlashSale => ({
  ...card(), pay_within_s: 600, now: at(0), freight: { zones: [{ regions: [], least_fen: 0, most_fen: 0, rises: false, free_from_fen: null, free_from_pieces: null }], undelivered: ['650000'] },
  variants: [{ sku_id: 's1', name: { en: 'Small' }, flash_price_fen: 1990, price_fen: 4990, allotted: 10, free: 3 }], ...change,
})
export const hold = (change: Partial<Hold> = {}): Hold => ({ id: 'h1', sale_id: 'f1', sku_id: 's1', quantity: 1, status: 'held', order_id: null, problem: null, created_at: at(0), ...change })
export const ownHold = (change: Partial<OwnHold> = {}): OwnHold => ({
  ...hold(), product: { id: 'p1', name: { en: 'Tea' }, image_url: '/m' }, sku_name: { en: 'Small' }, flash_price_fen: 1990, order_status: null, pay_before: null, ...change,
})
export const quote = (change: Partial<Quote> = {}): Quote => ({
  lines: [], adjustments: [{ kind: 'freight', line: null, amount_fen: 600 }], product_id: 'p1', product_name: { en: 'Tea' }, image_url: '/m', sku_name: { en: 'Small' }, unit_price_fen: 1990,
  quantity: 1, goods_fen: 1990, off_fen: 0, freight_fen: 600, freight_known: true, payable_fen: 2590, tier_prices_fen: [], deliverable: true, hold_s: 600, initiator_back_fen: 0, ...change,
})
export const address = { id: 'a1', name: 'Lin', phone: '+8613800000000', province_code: '440000', province: 'GD', city: 'SZ', district: 'NS', detail: '1', is_default: true }

export const run = (name: string, query?: object) => fake.hooks.get(name)?.forEach((f) => f(query))
export const soon = (ms = 0) => vi.advanceTimersByTimeAsync(ms)
export const asked = (part: string) => fake.requests.filter((r) => r.url.includes(part))

/** `performance` too: what was waited for is measured by it, and a busy machine must not count. */
const TIMES: ('setTimeout' | 'clearTimeout' | 'setInterval' | 'clearInterval' | 'Date' | 'performance')[] = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance']
/** Each test begins at noon in Shanghai, with somebody signed in who has done nothing yet. */
export function atNoon(): void {
  beforeEach(() => {
    vi.useFakeTimers({ now: NOON, toFake: TIMES })
    learnNow(at(0))
    for (const kept of [fake.hooks, fake.storage]) kept.clear()
    sessionStorage.clear()
    fake.requests.length = fake.went.length = 0
    keepSession({ token: 'x', expires_at: '', device: 'd', user: { id: 'u', nickname: 'n', avatar: 'a01', phone_masked: null, has_wechat: false, created_at: '' } })
  })
  afterEach(() => {
    run('onHide')
    run('onUnload')
    vi.useRealTimers()
  })
}
