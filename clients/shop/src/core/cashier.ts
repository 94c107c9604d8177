/** The way to the cashier and back. */
import { openUrl, urlOf } from './nav'

let meant = ''
/** The shopper asks to pay this order: the page that opens goes on to the cashier by itself. `go` is how it opens. */
export function toPay(orderId: string, go: (url: string) => void = openUrl): void {
  meant = orderId
  go(urlOf('pay', { id: orderId }))
}
/** Whether paying was asked for just now, and not long ago by somebody who now only comes back; says so once. */
export function askedToPay(orderId: string): boolean {
  const asked = meant !== '' && meant === orderId
  meant = ''
  return asked
}

// #ifdef H5
const KEY = 'ct.cashier'
/** A visit to the cashier in this tab: which entry of the history led there (from 0). */
type Trip = { id: string; from: number }
/** Browsers keep no more entries than this, and with so many nobody can tell where one is. */
const MOST_ENTRIES = 50
function tripOf(orderId: string): Trip | null {
  const trip = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Trip | null
  return trip && trip.id === orderId ? trip : null
}

export function leaveForCashier(orderId: string, url: string): void {
  history.pushState(history.state, '') // cuts off what lies ahead, so that the length tells where we are
  sessionStorage.setItem(KEY, JSON.stringify({ id: orderId, from: history.length - 2 } satisfies Trip))
  location.replace(url)
}

/**
 * The cashier leads back by opening the shop anew on top of itself, so that "back" would enter it again. Go back in the
 * history to the page that led there instead, which then shows the result in its own place. False where this is not
 * possible (another tab, a history too long to be counted): stay, and show the result here.
 */
export function unwindCashier(orderId: string): boolean {
  const trip = tripOf(orderId)
  const steps = trip && history.length < MOST_ENTRIES ? history.length - 1 - trip.from : 0
  if (steps < 1) return false
  history.go(-steps)
  return true
}
/** The visit to the cashier for this order is over. */
export function backFromCashier(orderId: string): void {
  if (tripOf(orderId)) sessionStorage.removeItem(KEY)
}
// #endif
