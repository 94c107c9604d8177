import type { LText } from '@/api/types'
import type { Fields } from '@/forms/merge'
import { newSku, trimmedText, type ProductDraft, type SkuDraft } from './draft'

const TEXTS = ['name', 'summary', 'description'] as const

/** A product as named fields, each language and each variant by itself; new variants are nobody else's yet. */
export function fieldsOf(draft: ProductDraft): Fields {
  const fields: Fields = { category_slug: draft.categorySlug, images: [...draft.images], list_price_fen: draft.listPriceFen }
  for (const text of TEXTS) put(fields, text, draft[text])
  for (const sku of draft.skus) {
    if (!sku.id) continue
    fields[`sku/${sku.id}`] = true
    fields[`sku/${sku.id}/price`] = sku.soloPriceFen
    put(fields, `sku/${sku.id}/name`, sku.name)
  }
  return fields
}

/** The draft with these fields; variants stand as in `theirs`, my own new ones behind them. */
export function draftOfFields(fields: Fields, mine: ProductDraft, theirs: ProductDraft): ProductDraft {
  const known = [...theirs.skus, ...mine.skus.filter((sku) => sku.id && !theirs.skus.some((other) => other.id === sku.id))]
  const kept = known.filter((sku) => sku.id && fields[`sku/${sku.id}`] === true)
  return {
    name: take(fields, 'name'),
    summary: take(fields, 'summary'),
    description: take(fields, 'description'),
    categorySlug: fields.category_slug as string,
    images: fields.images as string[],
    listPriceFen: fields.list_price_fen as number | null,
    skus: [...kept.map((sku) => variant(sku, fields)), ...mine.skus.filter((sku) => !sku.id)],
  }
}

function variant(sku: SkuDraft, fields: Fields): SkuDraft {
  const price = fields[`sku/${sku.id}/price`]
  return { ...newSku(), ...sku, name: take(fields, `sku/${sku.id}/name`), soloPriceFen: (price ?? null) as number | null }
}

function put(fields: Fields, field: string, text: LText): void {
  for (const [locale, words] of Object.entries(trimmedText(text))) fields[`${field}/${locale}`] = words
}

function take(fields: Fields, field: string): LText {
  const mine = Object.entries(fields).filter(([each]) => each.startsWith(`${field}/`))
  return Object.fromEntries(mine.map(([each, words]) => [each.slice(field.length + 1), words])) as LText
}
