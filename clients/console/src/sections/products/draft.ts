import type { LText } from '@/api/types'
import type texts from './locales/zh-Hant.json'
import type { Product, ProductInput } from './types'

export interface SkuDraft {
  /** Null for a SKU that the server does not know yet. */
  id: string | null
  key: number
  name: LText
  soloPriceFen: number | null
  /** The first count of a variant that has none yet; afterwards stock is changed by itself, not with the product. */
  firstCount: number | null
}

export interface ProductDraft {
  name: LText
  summary: LText
  description: LText
  categorySlug: string
  images: string[]
  listPriceFen: number | null
  skus: SkuDraft[]
}

export interface ProductIssue {
  field: string
  key: keyof (typeof texts)['product']['issue']
}

let keys = 0

export const newSku = (): SkuDraft => ({
  id: null, key: (keys += 1), name: {}, soloPriceFen: null, firstCount: null,
})

/** A draft from storage: its keys may be those of variants that were made since. */
export const rekeyed = (draft: ProductDraft): ProductDraft => ({ ...draft, skus: draft.skus.map((sku) => ({ ...sku, key: (keys += 1) })) })

export const newProduct = (): ProductDraft => ({
  name: {}, summary: {}, description: {}, categorySlug: '', images: [], listPriceFen: null, skus: [newSku()],
})

export function draftOf(product: Product): ProductDraft {
  return {
    name: { ...product.name },
    summary: { ...product.summary },
    description: { ...product.description },
    categorySlug: product.category_slug,
    images: [...product.images],
    listPriceFen: product.list_price_fen,
    skus: product.skus.map((sku) => ({ ...newSku(), id: sku.id, name: { ...sku.name }, soloPriceFen: sku.solo_price_fen })),
  }
}

/** The text without blank languages; the contract wants a key only where there is a text. */
export function trimmedText(text: LText): LText {
  const kept = Object.entries(text as Record<string, string | null | undefined>)
    .map(([locale, value]) => [locale, (value ?? '').trim()] as const)
    .filter(([, value]) => value !== '')
  return Object.fromEntries(kept) as LText
}

/**
 * A variant of mine that the server got, though its answer was lost, or that somebody else made too, is one variant:
 * it takes the id that it has there.
 */
export function adoptVariants(mine: ProductDraft, base: ProductDraft, theirs: Product): void {
  const known = new Set([...base.skus, ...mine.skus].map((sku) => sku.id))
  const made = theirs.skus.filter((sku) => !known.has(sku.id))
  for (const sku of mine.skus) {
    if (sku.id) continue
    const found = made.findIndex((other) => JSON.stringify(byLocale(other.name)) === JSON.stringify(byLocale(sku.name)))
    if (found >= 0) sku.id = made.splice(found, 1)[0]!.id
  }
}

const byLocale = (text: LText): [string, string][] => Object.entries(trimmedText(text) as Record<string, string>).sort()

const isEmpty = (text: LText): boolean => Object.keys(trimmedText(text)).length === 0

export function validateProduct(draft: ProductDraft): ProductIssue[] {
  const issues: ProductIssue[] = []
  if (isEmpty(draft.name)) issues.push({ field: 'name', key: 'name' })
  if (isEmpty(draft.summary)) issues.push({ field: 'summary', key: 'summary' })
  if (isEmpty(draft.description)) issues.push({ field: 'description', key: 'description' })
  if (!draft.categorySlug) issues.push({ field: 'category_slug', key: 'category' })
  if (draft.images.length === 0) issues.push({ field: 'images', key: 'images' })
  if (draft.skus.length === 0) issues.push({ field: 'skus', key: 'skus' })
  if (isMisleading(draft)) issues.push({ field: 'list_price_fen', key: 'list-price' })
  draft.skus.forEach((sku, index) => issues.push(...skuIssues(sku, index)))
  return issues
}

/** A struck-through price below every price it is compared with. */
function isMisleading(draft: ProductDraft): boolean {
  const prices = draft.skus.map((sku) => sku.soloPriceFen).filter((fen) => fen !== null)
  return draft.listPriceFen !== null && prices.length > 0 && draft.listPriceFen < Math.min(...prices)
}

function skuIssues(sku: SkuDraft, index: number): ProductIssue[] {
  const issues: ProductIssue[] = []
  const field = (part: string): string => `skus.${index}.${part}`
  if (isEmpty(sku.name)) issues.push({ field: field('name'), key: 'sku-name' })
  if (sku.soloPriceFen === null || sku.soloPriceFen < 1) issues.push({ field: field('price'), key: 'sku-price' })
  return issues
}

export function productInput(draft: ProductDraft): ProductInput {
  return {
    name: trimmedText(draft.name),
    summary: trimmedText(draft.summary),
    description: trimmedText(draft.description),
    category_slug: draft.categorySlug,
    images: draft.images,
    list_price_fen: draft.listPriceFen,
    skus: draft.skus.map((sku) => ({ id: sku.id, name: trimmedText(sku.name), solo_price_fen: sku.soloPriceFen ?? 0 })),
  }
}
