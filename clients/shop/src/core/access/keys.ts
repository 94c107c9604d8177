/** Buying without a pointer: keys press what is focused, and stay inside what lies over the page. Browsers only. */
const OVER = '[role=dialog], [role=alertdialog]'
const FOCUSABLE = '[tabindex="0"], input:not([disabled]), textarea:not([disabled])'
const PRESSED = /^(button|link|tab|radio|switch)$/

const shown = (el: HTMLElement): boolean => el.getClientRects().length > 0
/** What lies over everything else now: a dialog of the framework before a sheet of ours. */
function topmost(): HTMLElement | null {
  const open = Array.from(document.querySelectorAll<HTMLElement>(OVER)).filter(shown)
  return open.find((el) => el.getAttribute('role') === 'alertdialog') ?? open[open.length - 1] ?? null
}
const reachable = (within: HTMLElement): HTMLElement[] => Array.from(within.querySelectorAll<HTMLElement>(FOCUSABLE)).filter(shown)

function stayInside(e: KeyboardEvent, over: HTMLElement): void {
  const all = reachable(over)
  const at = all.indexOf(document.activeElement as HTMLElement)
  const next = all[at < 0 ? 0 : (at + (e.shiftKey ? -1 : 1) + all.length) % all.length]
  e.preventDefault()
  next?.focus()
}

function press(e: KeyboardEvent): boolean {
  const el = e.target as HTMLElement
  if (e.key !== 'Enter' && e.key !== ' ') return false
  if (!PRESSED.test(el.getAttribute?.('role') ?? '') || el.getAttribute('aria-disabled') === 'true') return false
  e.preventDefault()
  if (!e.repeat) el.click()
  return true
}

/** Arrow keys walk along a row of tabs, and up and down the choices of one question. */
function walk(e: KeyboardEvent): void {
  const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[e.key]
  const el = e.target as HTMLElement
  const row = el.getAttribute?.('role') === 'tab' || el.getAttribute?.('role') === 'radio' ? el.parentElement : null
  if (!by || !row) return
  const all = reachable(row).filter((x) => x.getAttribute('role') === el.getAttribute('role'))
  e.preventDefault()
  all[(all.indexOf(el) + by + all.length) % all.length]?.focus()
}

let swallow = ''
function down(e: KeyboardEvent): void {
  if (e.isComposing) return
  const over = topmost()
  if (e.key === 'Tab' && over) stayInside(e, over)
  else if (e.key === 'Escape' && over?.getAttribute('role') === 'dialog') over.querySelector<HTMLElement>('.t-close')?.click()
  else if (press(e)) swallow = e.key
  else walk(e)
}
/** The framework's dialogs take any Enter for "yes" when it is let go, also the one that opened them. */
function up(e: KeyboardEvent): void {
  const dialog = topmost()?.getAttribute('role') === 'alertdialog'
  if (e.key === swallow || (e.key === 'Enter' && dialog)) e.stopImmediatePropagation()
  if (e.key === swallow) swallow = ''
}

const before: { over: HTMLElement; focused: Element | null }[] = []
/** Into what has opened over the page, and back to where one was when it has closed. */
export function followFocus(): void {
  const over = topmost()
  let closed: Element | null = null
  while (before.length && !shown(before[before.length - 1]!.over)) closed = before.pop()!.focused
  if (over && before[before.length - 1]?.over !== over) {
    before.push({ over, focused: closed ?? document.activeElement })
    const [first] = reachable(over)
    if (!over.contains(document.activeElement)) first?.focus({ preventScroll: true })
  } else if (closed instanceof HTMLElement && document.contains(closed)) {
    closed.focus({ preventScroll: true })
  }
}

export function listenToKeys(): void {
  window.addEventListener('keydown', down, true)
  window.addEventListener('keyup', up, true)
}
