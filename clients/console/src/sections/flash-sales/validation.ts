import { MAX_PER_USER } from '@/api/limits'
import type { ApiProblem } from '@/api/problems'
import { formatFen } from '@/format/money'
import { fromWallTime } from '@/format/time'
import type texts from './locales/zh-Hant.json'
import { takingPart, type FlashDraft } from './draft'

/** Something to mend: the field it belongs to, and the catalogue key that says it. */
export interface Issue {
  field: string
  key: keyof (typeof texts)['flash']['issue']
  params?: Record<string, string | number>
}

const MAX_NAME = 60
const MINUTE_MS = 60_000
const MIN_SLOT_MS = 10 * MINUTE_MS
const MAX_SLOT_MS = 24 * 60 * MINUTE_MS
const WITHIN_MS = 60 * MAX_SLOT_MS
const PAY_WITHIN = { least: 5, most: 30 }
const PER_USER = { least: 1, most: MAX_PER_USER }
const PER_DEVICE = { least: 1, most: 100 }

export const priceField = (skuId: string): string => `variants.${skuId}.price`
export const unitsField = (skuId: string): string => `variants.${skuId}.units`

/** Everything that keeps the draft from being sent, in the order of the form. `available` is by SKU id, as far as known. */
export function validateFlashSale(draft: FlashDraft, nowMs: number, available: Record<string, number>): Issue[] {
  return [
    ...basics(draft),
    ...timeIssues(draft, nowMs),
    ...variantIssues(draft, available),
    ...rangeIssues('per_user_limit', draft.perUserLimit, PER_USER),
    ...rangeIssues('pay_within', draft.payWithin, PAY_WITHIN),
    ...rangeIssues('per_device', draft.perDevice, PER_DEVICE),
  ]
}

function basics(draft: FlashDraft): Issue[] {
  const issues: Issue[] = []
  if (!draft.product) issues.push({ field: 'product', key: 'product' })
  const name = draft.name.trim()
  if (!name) issues.push({ field: 'name', key: 'name' })
  else if (name.length > MAX_NAME) issues.push({ field: 'name', key: 'name-long', params: { n: MAX_NAME } })
  return issues
}

function timeIssues(draft: FlashDraft, nowMs: number): Issue[] {
  if (!draft.startsAt) return [{ field: 'starts_at', key: 'starts' }]
  if (!draft.endsAt) return [{ field: 'ends_at', key: 'ends' }]
  const ends = Date.parse(fromWallTime(draft.endsAt))
  const lasts = ends - Date.parse(fromWallTime(draft.startsAt))
  const wrong: [boolean, Issue['key']][] = [
    [ends <= nowMs, 'ends-past'], [lasts <= 0, 'ends-order'], [lasts < MIN_SLOT_MS, 'too-short'], [lasts > MAX_SLOT_MS, 'too-long'], [ends > nowMs + WITHIN_MS, 'too-far'],
  ]
  const found = wrong.find(([is]) => is)
  return found ? [{ field: 'ends_at', key: found[1] }] : []
}

function variantIssues(draft: FlashDraft, available: Record<string, number>): Issue[] {
  if (!draft.product) return []
  const all = takingPart(draft)
  if (!all.length) return [{ field: 'variants', key: 'variants' }]
  return all.flatMap(({ id, alone, price, units }): Issue[] => {
    const issues: Issue[] = []
    if (price === null || price < 1) issues.push({ field: priceField(id), key: 'price' })
    else if (price >= alone) issues.push({ field: priceField(id), key: 'price-alone', params: { price: formatFen(alone) } })
    const free = available[id]
    if (units === null || units < 1) issues.push({ field: unitsField(id), key: 'units' })
    else if (free !== undefined && units > free) issues.push({ field: unitsField(id), key: 'units-free', params: { n: free } })
    return issues
  })
}

function rangeIssues(field: string, value: number | null, range: { least: number; most: number }): Issue[] {
  return value !== null && value >= range.least && value <= range.most ? [] : [{ field, key: 'range', params: range }]
}

const TIMES: Record<string, Issue['key']> = {
  ends_in_the_past: 'ends-past', ends_before_it_starts: 'ends-order', too_short: 'too-short', too_long: 'too-long', too_far_away: 'too-far',
}

/** What the server refused as something to mend at its field; null where its own sentence has to do. */
export function issueOf({ code, members }: ApiProblem): Issue | null {
  const sku = String(members.sku_id ?? '')
  if (code === 'trade/bad-flash-times') {
    const key = TIMES[String(members.reason)]
    return key ? { field: 'ends_at', key } : null
  }
  if (code === 'trade/bad-flash-price') return { field: priceField(sku), key: 'price-alone', params: { price: formatFen(Number(members.price_alone_fen)) } }
  if (code === 'trade/allotment-too-large') return { field: unitsField(sku), key: 'units-free', params: { n: Number(members.available) } }
  return null
}

const FIELDS_OF_CODE: Record<string, string> = {
  'trade/flash-overlaps': 'starts_at', 'trade/bad-flash-times': 'ends_at', 'trade/sku-not-found': 'product', 'catalog/product-not-found': 'product',
}

/** The field that a problem as a whole belongs to, if any. */
export const fieldOfCode = (code: string): string | null => FIELDS_OF_CODE[code] ?? null

/** A path of the request body ("body.variants.0.price_fen") → the form's field; `sent` are the variants in the body. */
export function fieldOfPath(path: string, sent: string[]): string {
  const [head = '', index, part] = path.split(/[./[\]]+/).filter((step) => step && step !== 'body' && step !== '$')
  if (head === 'variants' && index !== undefined) return part === 'units' ? unitsField(sent[Number(index)] ?? '') : priceField(sent[Number(index)] ?? '')
  return { product_id: 'product', pay_within_s: 'pay_within' }[head] ?? head
}
