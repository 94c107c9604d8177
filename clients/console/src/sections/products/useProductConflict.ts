import { shallowRef } from 'vue'
import type { ApiProblem } from '@/api/problems'
import { conflictOf, editsOf, type Conflict } from '@/components/conflict'
import { formatFen } from '@/format/money'
import { merge, type Side } from '@/forms/merge'
import type { Product } from './types'
import { useWords } from './words'
import { draftOf, type ProductDraft } from './draft'
import { draftOfFields, fieldsOf } from './fields'

/** Of two editors of one product: the draft with both in it, and the version that it stands on. */
export interface Merged {
  draft: ProductDraft
  theirs: Product
}

/** Two editors of one product: what clashes, in words, and the draft that comes of it. */
export function useProductConflict() {
  const { t, known, text } = useWords()
  const conflict = shallowRef<Conflict | null>(null)
  let names = new Map<string, string>()
  let met: { mine: ProductDraft; theirs: Product } | null = null

  /** Whether somebody has to look at it; if not, `theirs` differs in nothing that the form holds. */
  function meet(base: ProductDraft, mine: ProductDraft, theirs: Product, problem: ApiProblem): boolean {
    const edits = editsOf(problem, (field) => known(`product.field.${field}`, field))
    const others = draftOf(theirs)
    const found = conflictOf(fieldsOf(base), fieldsOf(mine), fieldsOf(others), edits)
    if (!found.clashes.length && !found.taken.length) return false
    names = new Map([...others.skus, ...base.skus, ...mine.skus].map((sku) => [sku.id ?? '', text(sku.name)]))
    met = { mine, theirs }
    conflict.value = found
    return true
  }

  function resolve(chosen: Record<string, Side>): Merged | null {
    const found = conflict.value
    conflict.value = null
    if (!found || !met) return null
    const fields = merge(found.base, found.mine, found.theirs, chosen)
    return { draft: draftOfFields(fields, met.mine, draftOf(met.theirs)), theirs: met.theirs }
  }

  function labelOf(field: string): string {
    const [head = '', second = '', part, locale] = field.split('/')
    if (head !== 'sku') return known(`product.field.${head}`, head) + (second ? ` (${known(`locale.${second}`, second)})` : '')
    const variant = t('product.field.variant', { name: names.get(second) ?? '' })
    if (!part) return variant
    return `${variant} ${part === 'price' ? t('product.solo-price') : t('product.sku-name')}${locale ? ` (${known(`locale.${locale}`, locale)})` : ''}`
  }

  function textOf(field: string, value: unknown): string {
    if (field === 'images') return t('product.field.picture-count', { n: (value as string[]).length })
    if (/^sku\/[^/]+$/.test(field)) return t(value ? 'product.field.kept' : 'product.field.removed')
    if (typeof value === 'number') return formatFen(value)
    return typeof value === 'string' ? value : ''
  }

  return { conflict, meet, resolve, labelOf, textOf }
}
