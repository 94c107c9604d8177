import { onShow } from '@dcloudio/uni-app'
import { watch } from 'vue'
import { applyTabTexts, locale, t } from './i18n'
import { setTitle } from './nav'

/** Keep the navigation bar's title (and on tab pages the tab captions) in the shopper's language. */
export function usePageTitle(key: string, tab = false): void {
  const apply = () => {
    setTitle(t(key))
    if (tab) applyTabTexts()
  }
  onShow(apply)
  watch(locale, apply)
}
