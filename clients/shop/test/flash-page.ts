import { mount } from '@vue/test-utils'
import type { FlashSale, Hold, OwnHold, Quote } from '@/core/contract'
import SalePage from '@/pages-flash/sale/index.vue'
import { address, card, hold, quote, run, sale, slot, soon } from './flash-samples'
import { fake } from './setup'

type Answer = { statusCode: number; data: unknown } | { errMsg: string }
export const ok = (data: unknown): Answer => ({ statusCode: 200, data })
export const no = (code: string, status = 409, more: object = {}): Answer => ({ statusCode: status, data: { code, status, ...more } })
export const ticket = (wait_s = 0, place = 0, more: object = {}): Answer => ok({ ticket: 't', bits: 0, place, wait_s, drawn: false, ...more })
export const ordered = (more: Partial<Hold> = {}): Answer => ok(hold({ status: 'ordered', order_id: 'o1', ...more }))

const now = (): string => new Date().toISOString()

/** The server of a sale's page: what it answers next, else what it answers usually. */
export class Stage {
  shown: FlashSale = sale()
  presses: Answer[] = []
  waits: Answer[] = []
  tickets: Answer[] = []
  own: OwnHold[] = []
  priced: (wish: { quantity: number }) => Quote | Answer = ({ quantity }) => quote({ goods_fen: 1990 * quantity, payable_fen: 1990 * quantity + 600 })

  async show(first = this.shown) {
    this.shown = first
    fake.answer = ({ url, method, data }) => {
      if (url.includes('/addresses')) return ok({ items: [address, { ...address, id: 'a2', name: 'Wu', is_default: false }] })
      if (url.endsWith('/tickets')) return this.tickets.shift() ?? ticket()
      if (url.endsWith('/preview')) { const told = this.priced(data as { quantity: number }); return 'payable_fen' in told ? ok(told) : told }
      if (method === 'POST') return this.presses.shift() ?? ok(hold())
      if (/\/holds(\?|$)/.test(url)) return ok({ items: this.own, next_cursor: null, now: now() })
      if (/flash-sales$/.test(url)) return ok({ slots: [slot('running', card({ id: 'f9' }))], now: now() })
      if (url.includes('/holds/')) return this.waits.shift() ?? ordered()
      return ok({ ...this.shown, now: now() })
    }
    const page = mount(SalePage)
    run('onLoad', { id: 'f1' })
    run('onShow')
    await soon()
    return page
  }
  /** The page as it is loaded anew: nothing of the old one runs on. */
  async reload(page: { unmount: () => void }) {
    page.unmount()
    run('onHide')
    run('onUnload')
    fake.hooks.clear()
    await soon(1000)
    return this.show()
  }
}
export const button = '.t-flash-press button'
export const sent = () => fake.requests.filter((r) => r.method === 'POST' && r.url.endsWith('/holds'))
export const keys = () => new Set(fake.requests.filter((r) => /\/(tickets|holds)$/.test(r.url) && r.method === 'POST').map((r) => r.header['Idempotency-Key']))
