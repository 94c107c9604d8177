/** The compiler reads this file, nobody runs it: if one of these lines compiled, keys would not be checked any more. */
import { useWords as shared } from '@/i18n/useWords'
import type { Section } from '@/section'
import { useWords } from '@/sections/orders/words'

export function wrong(anything: string): unknown {
  const { t } = useWords()
  t('order.tab.shipped')
  t('act.cancel')
  return [
    // @ts-expect-error no such text
    t('order.nothing'),
    // @ts-expect-error not a whole key
    t('order.tab'),
    // @ts-expect-error of another section
    t('stock.title'),
    // @ts-expect-error nobody knows what it is put together to
    t(`order.tab.${anything}`),
    // @ts-expect-error of a section
    shared().t('order.none'),
    // @ts-expect-error a section without texts of its own gives its pages no titles
    { title: {}, pages: [{ path: '/', name: '', page: async () => ({ default: {} }), title: 'order.none' }] } satisfies Section,
  ]
}
