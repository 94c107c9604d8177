import { whenFree } from './back'
import { signedIn } from './session'
// #ifdef H5
import { addressOf } from './addresses'
// #endif
import { PATHS, type PageName } from './pages'

export { PATHS, type PageName }
export type Query = Record<string, string | number | undefined>

const TABS: string[] = [PATHS.home, PATHS.category, PATHS.groups, PATHS.me]
const isTab = (url: string) => TABS.includes(url.split('?')[0]!)

export function urlOf(page: PageName, query: Query = {}): string {
  const pairs = Object.entries(query).filter(([, v]) => v !== undefined && v !== '')
  return PATHS[page] + (pairs.length ? '?' + pairs.map(([k, v]) => `${k}=${encodeURIComponent(String(v))}`).join('&') : '')
}

let left: unknown[] = []
/**
 * A page is left once, however often the shopper taps: a second way out while the first is under way would take the
 * place of this page or of the one below, and "back" would skip it. `go` says when it is over; `depth` is how many
 * pages the shopper may still see meanwhile.
 */
const leave = (go: (over: () => void) => void, depth = 1): void => whenFree(() => {
  const pages = getCurrentPages()
  if (left.includes(pages[pages.length - 1])) return
  left = pages.slice(-depth)
  go(() => { left = [] })
})

export const openUrl = (url: string): void => leave((over) => {
  if (isTab(url)) uni.switchTab({ url: url.split('?')[0]!, complete: over })
  else uni.navigateTo({ url, success: over, fail: () => uni.redirectTo({ url, complete: over }) }) // the stack holds ten pages at most
})
export const open = (page: PageName, query?: Query): void => openUrl(urlOf(page, query))

/** Take this page's place: finished steps (checkout, hand-over) must not come back with the back button. */
export const replace = (url: string): void => leave((over) => {
  if (isTab(url)) uni.switchTab({ url: url.split('?')[0]!, complete: over })
  else uni.redirectTo({ url, complete: over }) // takes this page off the stack at once, and shows the new one later
}, 2)

type PageInstance = { route?: string; $page?: { fullPath?: string }; options?: Record<string, string> }
function urlAt(fromTop: number): string {
  const pages = getCurrentPages() as unknown as PageInstance[]
  const page = pages[pages.length - 1 - fromTop]
  if (!page) return ''
  if (page.$page?.fullPath) return page.$page.fullPath
  const query = Object.entries(page.options ?? {}).map(([k, v]) => `${k}=${v}`).join('&')
  return `/${page.route}${query ? '?' + query : ''}`
}
/** Path and query of the page on top, to come back to after sign-in. */
export const hereUrl = (): string => urlAt(0) || PATHS.home
/** The page on top shows something else from now on: a reload and the way back from sign-in show that, too. */
export function nowAt(url: string): void {
  const pages = getCurrentPages() as unknown as PageInstance[]
  const page = pages[pages.length - 1]?.$page
  if (page) page.fullPath = url
  // #ifdef H5
  const current = addressOf(url)
  history.replaceState({ ...history.state, current }, '', location.origin + current) // `current`: what the router writes again
  // #endif
}
/** The page below the one on top; empty when there is none. */
export const previousUrl = (): string => urlAt(1)

/** An address that came with a link, if it is one of this shop; empty otherwise. */
export const inShop = (url: string): string => (/^\/(?![/\\])/.test(url) ? url : '')

/** So many steps back, or to `fallback` when this page was opened directly (shared link, reload). */
export function goBack(fallback: string = PATHS.home, steps = 1): void {
  if (getCurrentPages().length > steps) leave((over) => uni.navigateBack({ delta: steps, fail: over }), steps) // what has been left does not come back
  else replace(fallback)
}

/** True when signed in; otherwise sends the visitor to sign-in, which comes back to `back`. */
export function needSignIn(back: string = hereUrl()): boolean {
  if (signedIn.value) return true
  if (!back.startsWith(PATHS.signIn)) openUrl(urlOf('signIn', { back }))
  return false
}

let turnedAway = ''
/**
 * For pages that show nothing to signed-out visitors, on every show: true when signed in. Otherwise it asks for sign-in
 * once; who comes back without it is led out of the page, so that the back button never ends in a loop.
 */
export function admit(): boolean {
  const here = hereUrl()
  if (signedIn.value || turnedAway !== here) {
    turnedAway = signedIn.value ? '' : here
    return needSignIn(here)
  }
  turnedAway = ''
  goBack()
  return false
}

export function setTitle(title: string): void {
  uni.setNavigationBarTitle({ title, fail: () => {} })
}
