import type { ApiProblem } from '@/api/problems'
import { chooseAction, confirmAction } from '@/components/confirm'
import { formatFen } from '@/format/money'
import { formatMoment } from '@/format/time'
import { endGroups, fetchCommitments, stopCampaign } from './api'
import type { Commitment } from '@/activities/api'
import { useWords } from './words'

/**
 * What becomes of open groups: nobody is surprised by it, and nothing is ended by Enter. `end` cannot be undone: it is
 * done last, once what it is done for has been taken.
 */
export type Leaving = { end: () => Promise<unknown> } | 'go-on' | null

export const sumOf = (items: Commitment[], what: 'groups' | 'people'): number => items.reduce((sum, each) => sum + each[what], 0)
export const lastOf = (items: Commitment[]): string => items.map((each) => each.until ?? '').sort().at(-1) ?? ''
/** Campaigns with open groups; with `skus` only those that sell one of these variants. */
export const touched = (items: Commitment[], skus?: string[]): Commitment[] =>
  items.filter((each) => each.groups > 0 && (!skus || each.sku_ids.some((id) => skus.includes(id))))

/** Questions before a product or a variant leaves the shelf, or becomes cheaper alone than in its groups. */
export function useShelfQuestions() {
  const { t } = useWords()
  const counts = (items: Commitment[]) => ({ groups: sumOf(items, 'groups'), people: sumOf(items, 'people') })

  /** Asks only where groups are open: do they go on to their end, or are they ended and refunded now? */
  async function askLeaving(productId: string, skus?: string[]): Promise<Leaving> {
    const open = touched((await fetchCommitments(productId)).items, skus)
    if (!open.length) return 'go-on'
    const text = t(skus ? 'product.leave.variants' : 'product.leave.text', { ...counts(open), until: formatMoment(lastOf(open)) })
    const answer = await chooseAction({
      title: t('product.leave.title'), text, keep: t('act.cancel'), acts: [t('product.leave.go-on'), t('product.leave.end')],
    })
    if (answer !== 1) return answer === 0 ? 'go-on' : null
    const sure = await confirmAction({
      title: t('product.leave.end'), text: t('product.leave.end-ask', counts(open)), act: t('product.leave.end'), keep: t('act.cancel'),
    })
    if (!sure) return null
    // without a variant the product's other campaigns go on; without the product none can
    return { end: skus ? () => Promise.all(open.map((each) => stopCampaign(each.activity_id))) : () => endGroups(productId) }
  }

  /** The new price is below what groups or a flash sale pay: whether the merchant ends those for it. */
  async function askDearer(productId: string, found: ApiProblem): Promise<boolean> {
    const ids = (found.members.campaign_ids ?? []) as string[]
    const items = (await fetchCommitments(productId)).items.filter((each) => ids.includes(each.activity_id))
    const campaigns = items.filter((each) => each.kind === 'group')
    const sales = items.filter((each) => each.kind === 'flash')
    const said = [
      t('product.dearer.prices', { group: formatFen(Number(found.members.group_price_fen)), solo: formatFen(Number(found.members.solo_price_fen)) }),
      campaigns.length > 0 && t('product.dearer.groups', counts(campaigns)),
      sales.length > 0 && t('product.dearer.sales', { names: sales.map((each) => each.name).join(t('product.dearer.join')) }),
    ]
    return confirmAction({
      title: t('product.dearer.title'), text: said.filter((words) => words !== false).join('\n'), act: t('product.dearer.end'), keep: t('act.cancel'),
    })
  }

  return { askLeaving, askDearer }
}
