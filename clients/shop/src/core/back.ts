/**
 * What "back" has to close or ask before it may leave the page: sheets, dialogs, a form with unsaved typing.
 * In the browser each of them lies on an entry of the history of its own, with the page's own address; going back
 * takes that entry away and nothing else. A mini program's own back button cannot be held.
 */
export type Release = () => void

// #ifdef H5
const MARK = 'ctHeld'
const held: (() => void)[] = []
/** Entries that we are taking away ourselves: the browser tells of it later, and nobody else must hear of it. */
let dropping: Promise<void> | null = null
let dropped: () => void = () => {}

function drop(entries: number): Promise<void> {
  dropping = new Promise<void>((resolve) => {
    const late = setTimeout(() => dropped(), 1000) // a browser that says nothing must not hold anybody up
    dropped = () => {
      clearTimeout(late)
      dropped = () => {}
      dropping = null
      resolve()
    }
  })
  history.go(-entries)
  return dropping
}
const afterDrop = (then: () => void): void => void (dropping ? dropping.then(() => afterDrop(then)) : then())

/** Once, at launch. */
export function watchBack(): void {
  window.addEventListener('popstate', (e) => {
    const onBack = dropping ? dropped : held.pop()
    if (!onBack) return
    e.stopImmediatePropagation() // the router's page has not changed
    onBack()
  }, true)
  // a reload with something open: its entry is left over
  if ((history.state as Record<string, unknown> | null)?.[MARK]) void drop(1)
}
// #endif

/** Until released, "back" calls `onBack` (once) instead of leaving the page. */
export function holdBack(onBack: () => void): Release {
  // #ifdef H5
  let over = false
  const entry = () => {
    over = true
    onBack()
  }
  afterDrop(() => {
    if (over) return
    held.push(entry)
    history.pushState({ ...history.state, [MARK]: true }, '')
  })
  return () => {
    over = true
    const at = held.indexOf(entry)
    if (at < 0) return
    held.splice(at, 1)
    afterDrop(() => void drop(1))
  }
  // #endif
  // #ifndef H5
  return () => {}
  // #endif
}

/** Go to another page once nothing is held any more. */
export function whenFree(go: () => void): void {
  // #ifdef H5
  const entries = held.splice(0).length
  if (entries) afterDrop(() => void drop(entries))
  afterDrop(go)
  // #endif
  // #ifndef H5
  go()
  // #endif
}
