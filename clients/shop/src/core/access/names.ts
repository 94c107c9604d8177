/**
 * What each thing on the page is, for keyboards and screen readers. The framework draws its own elements and leaves
 * that out; here it is said once for all of them, also for those that later pages bring. Browsers only.
 */
import { locale, t } from '../i18n'

const PRESSABLE = '[role=button], [role=link], [role=tab], [role=radio], [role=switch]'

function set(el: Element, name: string, value: string | null): void {
  if (value === null) el.removeAttribute(name)
  else if (el.getAttribute(name) !== value) el.setAttribute(name, value)
}
const each = (selector: string, f: (el: HTMLElement) => void): void => document.querySelectorAll<HTMLElement>(selector).forEach(f)
const role = (selector: string, value: string, label?: string): void => each(selector, (el) => {
  set(el, 'role', value)
  if (label !== undefined) set(el, 'aria-label', label)
})

const ABOUT_FIELDS = ['aria-label', 'aria-describedby', 'aria-invalid', 'autocomplete']
/** The framework's field is a shell around the real one; what is said of the shell nobody hears. */
function tellField(shell: HTMLElement): void {
  const field = shell.querySelector('input, textarea')
  if (field) ABOUT_FIELDS.forEach((name) => set(field, name, shell.getAttribute(`data-${name}`)))
}

function parts(): void {
  role('uni-page-head', 'banner')
  role('uni-page-body', 'main')
  role('uni-tabbar', 'navigation', t('ui.pages'))
  each('.uni-page-head__title', (el) => {
    set(el, 'role', 'heading')
    set(el, 'aria-level', '1')
  })
  each('uni-page-head .uni-page-head-btn', (el) => {
    set(el, 'role', 'button')
    set(el, 'aria-label', t('ui.back'))
  })
  each('.uni-tabbar__item', (el) => {
    set(el, 'role', 'link')
    const here = el.querySelector<HTMLImageElement>('img')?.src.includes('-on.')
    set(el, 'aria-current', here ? 'page' : null)
  })
}

function elements(): void {
  each('uni-button', (el) => {
    set(el, 'role', 'button')
    set(el, 'aria-disabled', el.hasAttribute('disabled') ? 'true' : null)
  })
  each('uni-image', (el) => {
    if (el.hasAttribute('aria-label')) set(el, 'role', 'img')
    else set(el, 'aria-hidden', 'true')
  })
  each('img:not([alt])', (el) => set(el, 'alt', ''))
  each('uni-input, uni-textarea', tellField)
  each('uni-switch', (el) => {
    set(el, 'role', 'switch')
    set(el, 'aria-checked', String(el.querySelector('.uni-switch-input-checked') !== null))
  })
  each('.uni-modal', (el) => {
    const [title, text] = [el.querySelector('.uni-modal__title'), el.querySelector('.uni-modal__bd')]
    if (title) title.id = 'ct-dialog-title'
    if (text) text.id = 'ct-dialog-text'
    set(el, 'role', 'alertdialog')
    set(el, 'aria-modal', 'true')
    set(el, 'aria-labelledby', title ? 'ct-dialog-title' : null)
    set(el, 'aria-describedby', text ? 'ct-dialog-text' : null)
    const typed = el.querySelector('textarea')
    if (typed) set(typed, 'aria-label', title?.textContent ?? '')
  })
  role('.uni-modal__btn', 'button')
}

/** Once over the whole page; cheap enough after every change. */
export function nameEverything(): void {
  set(document.documentElement, 'lang', locale())
  parts()
  elements()
  each(PRESSABLE, (el) => set(el, 'tabindex', el.getAttribute('aria-disabled') === 'true' ? '-1' : '0'))
}
