import type { Group, Offer, Order, Product, Seat } from '@/core/contract'

const later = (s: number) => new Date(Date.now() + s * 1000).toISOString()
const name = (s: string) => ({ 'zh-Hant': s, en: s })

export const group = (change: Partial<Group> = {}): Group => ({
  id: 'g1', product_id: 'p1', product_name: name('Tea'), product_image_url: '/media/p1.webp', merchant_name: name('Shop'), campaign_id: 'c1',
  kind: 'fixed', status: 'open', fail_reason: null, size: 3, seats: 3, paid: 1, locked: 1, goal: 'form', missing: 2, held: 0, full: false, overflow: false, newcomers_only: false, initiator_off_percent: null,
  tiers: [{ people: 3, price_fen: 2990, reached: false }], current_tier: null, next_tier: 0, final_tier: null,
  sku_name: null, solo_price_fen: 4990, on_sale: true,
  members: [{ nickname: 'Lin', avatar: 'a01', is_initiator: true, joined_at: later(-60), refunded: false }],
  opened_at: later(-60), deadline: later(3600), formed_at: null, closed_at: null, version: 1, now: later(0), ...change,
})

export const seat = (status: Seat['status']): Seat => ({ status, order_id: 'o1', is_initiator: false, expires_at: later(600) })

export const order = (change: Partial<Order> = {}): Order => ({
  id: 'o1', number: 'CT1', kind: 'group', status: 'refunded', flash_sale_id: null, group_id: 'g1', group: null, merchant_id: 'm1', merchant_name: name('Shop'), product_id: 'p1',
  lines: [], adjustments: [], goods_fen: 2990, off_fen: 0, freight_fen: 0, payable_fen: 2990, paid_fen: 2990, refunded_fen: 2990,
  address: { name: 'Lin', phone: '+8613800000000', province: 'GD', city: 'SZ', district: 'NS', detail: '1' }, remark: '',
  created_at: later(-900), pay_before: later(0), paid_at: later(-800), ready_at: null, shipped_at: null, completed_at: null, cancelled_at: null, cancel_reason: null,
  refunds: [], now: later(0), ...change,
})

export const product = (): Product => ({
  id: 'p1', merchant_id: 'm1', merchant_name: name('Shop'), name: name('Tea'), summary: name('s'), description: name('d'), category_slug: 'tea', images: ['/media/p1.webp'],
  list_price_fen: null, published: true, demo: true,
  skus: [{ id: 's1', name: name('Small'), solo_price_fen: 4990 }, { id: 's2', name: name('Big'), solo_price_fen: 6990 }, { id: 's3', name: name('Gone'), solo_price_fen: 9990 }],
})

export const offer = (kind: 'fixed' | 'ladder', limit: number | null = 3): Offer => ({
  product_id: 'p1', product_name: name('Tea'), image_url: '/media/p1.webp', on_sale: true, now: later(0), groups: [], groups_total: 0,
  shown: { sku_id: 's1', sku_name: name('Small'), solo_price_fen: 4990, list_price_fen: null, in_stock: true },
  skus: [
    { sku_id: 's1', name: name('Small'), solo_price_fen: 4990, available: 9, sellable: true, tier_prices_fen: [2990, 2490] },
    { sku_id: 's2', name: name('Big'), solo_price_fen: 6990, available: 2, sellable: true, tier_prices_fen: [4990, 4490] },
    { sku_id: 's3', name: name('Gone'), solo_price_fen: 9990, available: 0, sellable: true, tier_prices_fen: [7990, 7490] },
  ],
  campaign: { id: 'c1', kind, tiers: [{ people: 3, price_fen: 2990 }], group_size: 3, group_duration_s: 3600, starts_at: later(-60), ends_at: later(9000), per_user_limit: limit, stock_left: null, regions: null,
    newcomers_only: false, overflow: false, initiator_off_percent: null, hard_end: true,
  },
  freight: { zones: [{ regions: [], least_fen: 0, most_fen: 0, rises: false, free_from_fen: null, free_from_pieces: null }], undelivered: [] },
})
