import { shallowRef } from 'vue'
import type { ApiProblem } from '@/api/problems'
import { conflictOf, editsOf, type Conflict } from '@/components/conflict'
import { formatFen } from '@/format/money'
import { merge, type Side } from '@/forms/merge'
import { useWords } from '@/i18n/useWords'
import type { ProductDraft } from './draft'
import { draftOfFields, fieldsOf } from './fields'

/** Two editors of one product: what clashes, in words, and the draft that comes of it. */
export function useProductConflict() {
  const { t, text } = useWords()
  const conflict = shallowRef<Conflict | null>(null)
  let names = new Map<string, string>()
  let drafts: { mine: ProductDraft; theirs: ProductDraft } | null = null

  /** Whether somebody has to look at it; if not, `theirs` differs in nothing that the form holds. */
  function meet(base: ProductDraft, mine: ProductDraft, theirs: ProductDraft, problem: ApiProblem): boolean {
    const edits = editsOf(problem, (field) => t(`product.field.${field}`))
    const found = conflictOf(fieldsOf(base), fieldsOf(mine), fieldsOf(theirs), edits)
    if (!found.clashes.length && !found.taken.length) return false
    names = new Map([...theirs.skus, ...base.skus, ...mine.skus].map((sku) => [sku.id ?? '', text(sku.name)]))
    drafts = { mine, theirs }
    conflict.value = found
    return true
  }

  function resolve(chosen: Record<string, Side>): ProductDraft | null {
    const found = conflict.value
    conflict.value = null
    return found && drafts && draftOfFields(merge(found.base, found.mine, found.theirs, chosen), drafts.mine, drafts.theirs)
  }

  function labelOf(field: string): string {
    const [head = '', second = '', part, locale] = field.split('/')
    if (head !== 'sku') return t(`product.field.${head}`) + (second ? ` (${t(`locale.${second}`)})` : '')
    const variant = t('product.field.variant', { name: names.get(second) ?? '' })
    if (!part) return variant
    return `${variant} ${part === 'price' ? t('product.solo-price') : t('product.sku-name')}${locale ? ` (${t(`locale.${locale}`)})` : ''}`
  }

  function textOf(field: string, value: unknown): string {
    if (field === 'images') return t('product.field.picture-count', { n: (value as string[]).length })
    if (/^sku\/[^/]+$/.test(field)) return t(value ? 'product.field.kept' : 'product.field.removed')
    if (typeof value === 'number') return formatFen(value)
    return typeof value === 'string' ? value : ''
  }

  return { conflict, meet, resolve, labelOf, textOf }
}
