import { fromWallTime, toWallTime } from '@/format/time'
import type { Product } from '@/api/types'
import type { CampaignInput, CampaignKind } from './types'
import { discountedFen, shareOf } from './pricing'

export type PriceEntry = 'price' | 'discount'
/** What the initiator gets back when the group forms: nothing, a share, or the price of one piece. */
export type Perk = 'none' | 'percent' | 'free'
export type DurationUnit = 'minute' | 'hour' | 'day'

export interface TierDraft {
  people: number | null
  /** Share of the solo price kept, in ten-thousandths; used when prices are entered as a discount. */
  kept: number | null
  /** Price in fen by SKU id; used when prices are entered one by one. */
  prices: Record<string, number | null>
}

export interface CampaignDraft {
  product: Product | null
  name: string
  kind: CampaignKind
  entry: PriceEntry
  tiers: TierDraft[]
  duration: number | null
  durationUnit: DurationUnit
  /** Wall clock in China, "2026-11-22T18:30:00". */
  startsAt: string
  endsAt: string
  stockCap: number | null
  perUserLimit: number | null
  /** Province codes, or null for everywhere. */
  regions: string[] | null
  newcomersOnly: boolean
  /** More people than the top tier may join; a ladder only. */
  overflow: boolean
  perk: Perk
  /** Used when `perk` is "percent". */
  perkPercent: number | null
  hardEnd: boolean
}

const UNIT_SECONDS: Record<DurationUnit, number> = { minute: 60, hour: 3600, day: 86_400 }
const WEEK_MS = 7 * 86_400_000

export const emptyTier = (people: number | null, kept: number | null = null): TierDraft => ({ people, kept, prices: {} })

/** A campaign that starts now and runs for a week: sensible enough to be saved after choosing a product. */
export function newDraft(nowMs: number): CampaignDraft {
  const start = Math.floor(nowMs / 60_000) * 60_000
  return {
    product: null,
    name: '',
    kind: 'fixed',
    entry: 'price',
    tiers: [emptyTier(2)],
    duration: 24,
    durationUnit: 'hour',
    startsAt: toWallTime(start),
    endsAt: toWallTime(start + WEEK_MS),
    stockCap: null,
    perUserLimit: null,
    regions: null,
    newcomersOnly: false,
    overflow: false,
    perk: 'none',
    perkPercent: 20,
    hardEnd: true,
  }
}

/** Changes the kind and keeps what was entered where it still makes sense. */
export function withKind(draft: CampaignDraft, kind: CampaignKind): void {
  draft.kind = kind
  if (kind === 'fixed') {
    draft.tiers = draft.tiers.slice(0, 1)
    draft.overflow = false
  } else if (draft.tiers.length < 2) {
    const first = draft.tiers[0]?.people ?? 3
    draft.tiers = [...draft.tiers, emptyTier(first + 2)]
  }
}

export const durationSeconds = (draft: CampaignDraft): number | null =>
  draft.duration === null ? null : Math.round(draft.duration * UNIT_SECONDS[draft.durationUnit])

/** The price of a SKU in a tier in fen, entered or computed; null while it is unknown. */
export function tierPrice(draft: CampaignDraft, tier: TierDraft, sku: { id: string; solo_price_fen: number }): number | null {
  if (draft.entry === 'price') return tier.prices[sku.id] ?? null
  return tier.kept === null ? null : discountedFen(sku.solo_price_fen, tier.kept)
}

/** Turns computed prices into entered ones, so that they can be adjusted by hand. */
export function fixPrices(draft: CampaignDraft): void {
  for (const tier of draft.tiers) {
    for (const sku of draft.product?.skus ?? []) {
      if (tier.kept !== null) tier.prices[sku.id] = discountedFen(sku.solo_price_fen, tier.kept)
    }
  }
}

/** The initiator's share in per cent, 1 to 100; null without one, or while it is not entered. */
export function offPercent(draft: CampaignDraft): number | null {
  if (draft.perk === 'free') return 100
  return draft.perk === 'percent' ? draft.perkPercent : null
}

/** The least and the most that the initiator's reward costs per formed group, in fen; null while unknown. */
export function perkCost(draft: CampaignDraft): { least: number; most: number } | null {
  const percent = offPercent(draft)
  const prices = draft.tiers.flatMap((tier) => (draft.product?.skus ?? []).map((sku) => tierPrice(draft, tier, sku)))
  const known = prices.filter((fen) => fen !== null)
  if (percent === null || known.length === 0) return null
  const costs = known.map((fen) => shareOf(fen, percent))
  return { least: Math.min(...costs), most: Math.max(...costs) }
}

/** The request body. Call it only for a draft that validates. */
export function campaignInput(draft: CampaignDraft): CampaignInput {
  const skus = draft.product?.skus ?? []
  return {
    product_id: draft.product?.id ?? '',
    name: draft.name.trim(),
    kind: draft.kind,
    tiers: draft.tiers.map((tier) => ({
      people: tier.people ?? 0,
      prices: skus.map((sku) => ({ sku_id: sku.id, price_fen: tierPrice(draft, tier, sku) ?? 0 })),
    })),
    group_duration_s: durationSeconds(draft) ?? 0,
    starts_at: fromWallTime(draft.startsAt),
    ends_at: fromWallTime(draft.endsAt),
    stock_cap: draft.stockCap,
    per_user_limit: draft.perUserLimit,
    regions: draft.regions,
    newcomers_only: draft.newcomersOnly,
    overflow: draft.overflow,
    initiator_off_percent: offPercent(draft),
    hard_end: draft.hardEnd,
  }
}
