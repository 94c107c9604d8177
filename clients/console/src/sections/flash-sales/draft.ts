import type { Product } from '@/api/types'
import { fromWallTime, toWallTime } from '@/format/time'
import type { FlashSaleInput } from './types'

export interface VariantDraft {
  /** Fen. */
  price: number | null
  units: number | null
}

export interface FlashDraft {
  product: Product | null
  name: string
  /** Wall clock in China, "2026-11-22T18:30:00". */
  startsAt: string
  endsAt: string
  /** By SKU id; those of a product that was chosen before stay. */
  variants: Record<string, VariantDraft>
  perUserLimit: number | null
  /** Minutes. */
  payWithin: number | null
  perDevice: number | null
}

/** When slots usually begin. */
export const HOURS = [10, 12, 15, 18, 20, 22]
const DAY_MS = 86_400_000
const SLOT_MS = 2 * 3_600_000

type Slot = Pick<FlashDraft, 'startsAt' | 'endsAt'>

/** Two hours from a moment on. */
export const slotFrom = (startMs: number): Slot => ({ startsAt: toWallTime(startMs), endsAt: toWallTime(startMs + SLOT_MS) })

/** The slot that begins at this hour of a day ("2026-11-22", empty for today); a day later where that has passed. */
export function slotAt(hour: number, day: string, nowMs: number): Slot {
  const today = toWallTime(nowMs).slice(0, 10)
  const start = Date.parse(fromWallTime(`${day > today ? day : today}T${String(hour).padStart(2, '0')}:00:00`))
  return slotFrom(start < nowMs ? start + DAY_MS : start)
}

/** In the next of the usual slots: sensible enough to be saved once product, price and units are there. */
export function newDraft(nowMs: number): FlashDraft {
  const [next] = HOURS.map((hour) => slotAt(hour, '', nowMs)).sort((a, b) => a.startsAt.localeCompare(b.startsAt))
  return { product: null, name: '', ...(next ?? slotFrom(nowMs)), variants: {}, perUserLimit: 1, payWithin: 10, perDevice: 2 }
}

/** Every variant of the product has its two fields. */
export function makeRoom(draft: FlashDraft): void {
  for (const sku of draft.product?.skus ?? []) draft.variants[sku.id] ??= { price: null, units: null }
}

/** The variants that take part: something is entered for them. */
export function takingPart(draft: FlashDraft): { id: string; alone: number; price: number | null; units: number | null }[] {
  return (draft.product?.skus ?? [])
    .map((sku) => ({ id: sku.id, alone: sku.solo_price_fen, price: draft.variants[sku.id]?.price ?? null, units: draft.variants[sku.id]?.units ?? null }))
    .filter(({ price, units }) => price !== null || units !== null)
}

/** The request body. Call it only for a draft that validates. */
export function flashSaleInput(draft: FlashDraft): FlashSaleInput {
  return {
    product_id: draft.product?.id ?? '',
    name: draft.name.trim(),
    starts_at: fromWallTime(draft.startsAt),
    ends_at: fromWallTime(draft.endsAt),
    variants: takingPart(draft).map(({ id, price, units }) => ({ sku_id: id, price_fen: price ?? 0, units: units ?? 0 })),
    per_user_limit: draft.perUserLimit ?? 0,
    pay_within_s: (draft.payWithin ?? 0) * 60,
    per_device: draft.perDevice ?? 0,
  }
}
