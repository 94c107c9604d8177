// The share card: asked of the page on top, recorded, and thereby "sent".
import { topEntry, topPage } from './pages.js'
import { packed } from './packed.js'
import { callHook, record } from './record.js'

function targetOf (button) {
  const element = button?.__wxElement
  return element && { id: element.id ?? '', dataset: { ...(element.dataset ?? {}) } }
}

/**
 * Asks onShareAppMessage for the card.
 * @param {'button' | 'menu'} from
 * @returns {Promise<{title: string, path: string, imageUrl?: string}>}
 */
export async function share (from, button) {
  const page = topPage()
  const answer = callHook(page, 'onShareAppMessage', { from, target: targetOf(button), webViewUrl: undefined })
  const promised = answer?.promise ? await Promise.race([answer.promise, new Promise((resolve) => setTimeout(resolve, 3000))]) : undefined
  const fallback = { title: packed.app.window?.navigationBarTitleText ?? '', path: `/${topEntry().path}` }
  const { promise, ...given } = answer ?? {}
  const card = { ...fallback, ...given, ...promised }
  record.shares.push(card)
  return card
}
