import type { InboxMessage, LText } from '@/core/contract'
import { yuan } from '@/core/format'
import { ltext, t, type Params } from '@/core/i18n'

const text = (v: unknown) => (v && typeof v === 'object' ? ltext(v as LText) : typeof v === 'string' ? v : '')
const first = (p: InboxMessage['params'], ...keys: string[]) => keys.map((k) => p[k]).find((v) => v !== undefined && v !== null)

/** The values that the sentences of the inbox use, whatever the message carries. */
export function messageParams(p: InboxMessage['params']): Params {
  return {
    product: text(first(p, 'product_name', 'product')),
    contents: text(first(p, 'contents', 'product_name')),
    amount: yuan(Number(first(p, 'amount_fen', 'refund_fen', 'difference_fen') ?? 0)),
    why: p.reason ? t(`group.reason.${p.reason}`) : '',
    people: Number(first(p, 'people', 'paid') ?? 0),
    tracking: text(first(p, 'tracking_no', 'tracking')),
    parcel: Number(p.parcel ?? 1),
    sent: Number(p.sent ?? 0),
    pieces: Number(p.pieces ?? 0),
  }
}

/** The sentence of a message: a parcel with a part of the order says so, and whether more will come. */
export function sentenceOf({ template, params }: InboxMessage): string {
  const part = template === 'order_shipped' && params.sent !== params.pieces
  return `inbox.${template}.${!part ? 'text' : Number(params.left) > 0 ? 'part' : 'last'}`
}
