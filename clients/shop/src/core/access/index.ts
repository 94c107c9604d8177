import { followFocus, listenToKeys } from './keys'
import { nameEverything } from './names'

let due = false
function look(): void {
  due = false
  nameEverything()
  followFocus()
}
/** Watches the page and keeps it usable with a keyboard and a screen reader. Browsers only; once, at launch. */
export function makeAccessible(): void {
  listenToKeys()
  const voice = document.createElement('div')
  voice.id = 'ct-voice'
  voice.className = 'unseen'
  voice.setAttribute('role', 'status')
  document.body.append(voice)
  new MutationObserver(() => {
    if (due) return
    due = true
    queueMicrotask(look)
  }).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['class', 'style', 'disabled', 'role', 'data-aria-invalid', 'src'] })
  look()
}

/** Lets screen readers say what appears only for a moment. */
export function announce(text: string): void {
  const voice = document.getElementById('ct-voice')
  if (voice) voice.textContent = text
}

/** To the first field that is marked as wrong. */
export const focusFault = (): void => document.querySelector<HTMLElement>('uni-page-body [aria-invalid=true]')?.focus()
