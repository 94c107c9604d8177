import { MAX_PER_USER } from '@/api/limits'
import type { ApiProblem } from '@/api/problems'
import { formatFen } from '@/format/money'
import { fromWallTime } from '@/format/time'
import type texts from './locales/zh-Hant.json'
import { durationSeconds, tierPrice, type CampaignDraft } from './draft'

/** Something to mend: the field it belongs to, and the catalogue key that says it. */
export interface Issue {
  field: string
  key: keyof (typeof texts)['campaign']['issue']
  params?: Record<string, string | number>
}

export const MIN_DURATION_S = 60
export const MAX_DURATION_S = 604_800
const MAX_NAME = 60
const MAX_PEOPLE = 500
const MAX_STOCK_CAP = 1_000_000
export const MAX_TIERS = 5

/** Everything that keeps the draft from being sent, in the order of the form. */
export function validateCampaign(draft: CampaignDraft, nowMs: number): Issue[] {
  return [
    ...basics(draft),
    ...draft.tiers.flatMap((_, index) => [...peopleIssues(draft, index), ...priceIssues(draft, index)]),
    ...timeIssues(draft, nowMs),
    ...limitIssues(draft),
  ]
}

function basics(draft: CampaignDraft): Issue[] {
  const issues: Issue[] = []
  if (!draft.product) issues.push({ field: 'product', key: 'product' })
  const name = draft.name.trim()
  if (!name) issues.push({ field: 'name', key: 'name' })
  else if (name.length > MAX_NAME) issues.push({ field: 'name', key: 'name-long', params: { n: MAX_NAME } })
  if (draft.kind === 'ladder' && draft.tiers.length < 2) issues.push({ field: 'tiers', key: 'two-tiers' })
  if (draft.tiers.length > MAX_TIERS) issues.push({ field: 'tiers', key: 'many-tiers', params: { n: MAX_TIERS } })
  return issues
}

function peopleIssues(draft: CampaignDraft, index: number): Issue[] {
  const field = `tiers.${index}.people`
  const people = draft.tiers[index]?.people ?? null
  if (people === null || people < 2) return [{ field, key: 'people', params: { n: 2 } }]
  if (people > MAX_PEOPLE) return [{ field, key: 'people-many', params: { n: MAX_PEOPLE } }]
  const before = index > 0 ? (draft.tiers[index - 1]?.people ?? null) : null
  if (before !== null && people <= before) return [{ field, key: 'people-order', params: { n: before } }]
  return []
}

function priceIssues(draft: CampaignDraft, index: number): Issue[] {
  const tier = draft.tiers[index]
  if (!tier || !draft.product) return []
  if (draft.entry === 'discount' && tier.kept === null) return [{ field: `tiers.${index}.discount`, key: 'discount' }]
  const before = draft.tiers[index - 1]
  return draft.product.skus.flatMap((sku): Issue[] => {
    const field = `tiers.${index}.prices.${sku.id}`
    const price = tierPrice(draft, tier, sku)
    if (price === null || price < 1) return [{ field, key: 'price' }]
    if (price > sku.solo_price_fen) {
      return [{ field, key: 'price-solo', params: { price: formatFen(sku.solo_price_fen) } }]
    }
    const shallower = before ? tierPrice(draft, before, sku) : null
    if (shallower !== null && price > shallower) {
      return [{ field, key: 'price-order', params: { price: formatFen(shallower) } }]
    }
    return []
  })
}

function timeIssues(draft: CampaignDraft, nowMs: number): Issue[] {
  const issues: Issue[] = []
  const seconds = durationSeconds(draft)
  if (seconds === null || seconds < MIN_DURATION_S || seconds > MAX_DURATION_S) {
    issues.push({ field: 'duration', key: 'duration' })
  }
  if (!draft.startsAt) issues.push({ field: 'starts_at', key: 'starts' })
  if (!draft.endsAt) issues.push({ field: 'ends_at', key: 'ends' })
  else if (draft.startsAt && draft.endsAt <= draft.startsAt) issues.push({ field: 'ends_at', key: 'ends-order' })
  else if (Date.parse(fromWallTime(draft.endsAt)) <= nowMs) issues.push({ field: 'ends_at', key: 'ends-past' })
  return issues
}

function limitIssues(draft: CampaignDraft): Issue[] {
  const issues: Issue[] = []
  issues.push(...countIssues('stock_cap', draft.stockCap, MAX_STOCK_CAP), ...countIssues('per_user_limit', draft.perUserLimit, MAX_PER_USER))
  if (draft.perk === 'percent' && !(draft.perkPercent !== null && draft.perkPercent >= 1 && draft.perkPercent <= 99)) {
    issues.push({ field: 'initiator_off_percent', key: 'perk' })
  }
  if (draft.regions !== null && draft.regions.length === 0) issues.push({ field: 'regions', key: 'regions' })
  return issues
}

function countIssues(field: string, count: number | null, most: number): Issue[] {
  if (count === null) return []
  if (count < 1) return [{ field, key: 'positive' }]
  return count > most ? [{ field, key: 'at-most', params: { n: most } }] : []
}

const FIELDS_OF_CODE: Record<string, string> = {
  'trade/bad-tiers': 'tiers',
  'trade/bad-campaign-times': 'ends_at',
  'trade/unknown-province': 'regions',
  'trade/campaign-overlaps': 'starts_at',
  'catalog/product-not-found': 'product',
  'trade/product-not-found': 'product',
}

/** The field a problem as a whole belongs to, if any. */
export const fieldOfCode = (code: string): string | null => FIELDS_OF_CODE[code] ?? null

const REASONS = [
  'fixed_needs_one_tier', 'ladder_needs_two_to_five_tiers', 'people_out_of_range', 'people_must_rise',
  'price_missing_or_not_positive', 'prices_must_not_rise', 'unknown_sku', 'price_above_solo', 'overflow_needs_ladder',
] as const

/** The catalogue key that says why tiers were refused; null when the problem's own sentence has to do. */
export function refusalKey(problem: ApiProblem): `campaign.refused.${(typeof REASONS)[number]}` | null {
  const reason = problem.members.reason
  const known = problem.code === 'trade/bad-tiers' && REASONS.find((each) => each === reason)
  return known ? `campaign.refused.${known}` : null
}

/** A path of the request body ("body.tiers.0.prices.1.price_fen", "/tiers/0/people") → the form's field. */
export function fieldOfPath(path: string, skuIds: string[]): string {
  const [head = '', index, part, sku] = path.split(/[./[\]]+/).filter((step) => step && step !== 'body' && step !== '$')
  if (head === 'tiers' && index !== undefined && part === 'people') return `tiers.${index}.people`
  if (head === 'tiers' && index !== undefined && part === 'prices') {
    return `tiers.${index}.prices.${skuIds[Number(sku ?? 0)] ?? ''}`
  }
  const aliases: Record<string, string> = { product_id: 'product', group_duration_s: 'duration' }
  return aliases[head] ?? head
}

/** Field → words, from what the server refused. */
export function refusedFields(problem: ApiProblem, skuIds: string[], say: (code: string) => string) {
  const found: Record<string, string> = {}
  for (const each of problem.fields) found[fieldOfPath(each.path, skuIds)] = say(each.code)
  return found
}
