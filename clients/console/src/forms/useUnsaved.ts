import { onBeforeUnmount, onMounted } from 'vue'
import { useRouter } from 'vue-router'
import { confirmAction } from '@/components/confirm'
import { useWords } from '@/i18n/useWords'
import { signedIn } from '@/session/session'

/** What is open, whether it is unsaved, and what is done once somebody chose to lose it. */
const open = new Map<symbol, { dirty: () => boolean; left: () => void }>()

/** Asks before what was typed is lost; true if nothing is, or if that is wanted. */
export function useLeaving(): () => Promise<boolean> {
  const { t } = useWords()
  return async () => {
    const unsaved = [...open.values()].filter((form) => form.dirty())
    if (!unsaved.length) return true
    const agreed = await confirmAction({ title: t('unsaved.title'), text: t('unsaved.text'), act: t('unsaved.leave'), keep: t('unsaved.stay') })
    if (agreed) for (const form of unsaved) form.left()
    return agreed
  }
}

/**
 * For a dialog: it closes at once, or after a question where what was typed in it would be lost. The page under it
 * stays, and so does what was typed there.
 */
export function useClosing(dirty: () => boolean, close: () => void, left: () => void = () => undefined): () => Promise<void> {
  useUnsaved(dirty, left)
  const { t } = useWords()
  return async () => {
    if (dirty()) {
      if (!(await confirmAction({ title: t('unsaved.title'), text: t('unsaved.close-text'), act: t('unsaved.close'), keep: t('unsaved.go-on') }))) return
      left()
    }
    close()
  }
}

/**
 * Guards what is typed here against the menu, Back and closing the tab. A session that ends is let through: the
 * sign-in page comes and goes, and a draft waits for it. `left` is told when somebody chose to lose it.
 */
export function useUnsaved(dirty: () => boolean, left: () => void = () => undefined): void {
  const router = useRouter()
  const mayLeave = useLeaving()
  const key = Symbol('form')
  let stop: () => void = () => undefined

  function onClose(event: BeforeUnloadEvent): void {
    if (dirty() && signedIn.value) event.preventDefault()
  }

  onMounted(() => {
    open.set(key, { dirty, left })
    window.addEventListener('beforeunload', onClose)
    stop = router.beforeEach(async (to, from) => {
      if (to.path === from.path || !signedIn.value || !dirty()) return true
      return mayLeave()
    })
  })
  onBeforeUnmount(() => {
    stop()
    open.delete(key)
    window.removeEventListener('beforeunload', onClose)
  })
}
