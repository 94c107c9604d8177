import { ref } from 'vue'
import { ask } from './feedback'
import { t } from './i18n'
import { goBack } from './nav'
import { useHold } from './use-hold'
// #ifdef MP-WEIXIN
import { watch } from 'vue'
// #endif

/** A form with unsaved typing is not left without a question. `giveUp` forgets what was typed. */
export function useUnsaved(dirty: () => boolean, giveUp: () => void, fallback: string): void {
  const asking = ref(false)
  useHold(() => dirty() && !asking.value, () => {
    asking.value = true
    void ask(t('ui.unsaved'), t('ui.unsavedText'), t('ui.discard'), t('ui.keepEditing')).then((leave) => {
      if (!leave) {
        asking.value = false
        return
      }
      giveUp()
      goBack(fallback)
    })
  })
  // #ifdef MP-WEIXIN
  const alert = wx as unknown as { enableAlertBeforeUnload?: (o: object) => void; disableAlertBeforeUnload?: () => void }
  watch(dirty, (on) => {
    if (on) alert.enableAlertBeforeUnload?.({ message: t('ui.unsavedText') })
    else alert.disableAlertBeforeUnload?.()
  })
  // #endif
}
