/**
 * Takes the place of `vue-router` for the framework (see vite.config.ts): the same router, but what it hears from the
 * browser's history are pages, and what it writes there are their addresses.
 */
import { createWebHistory as createBrowserHistory, type RouterHistory } from 'vue-router'
import { addressOf, decoded, pageAt, withValues } from './addresses'

export * from 'vue-router'

// The framework's router holds each value of a query encoded once more, and decodes it when the page is loaded.
const shown = (page: string): string => addressOf(withValues(page, decoded))
const heard = (address: string): string => withValues(pageAt(address), encodeURIComponent)

/**
 * Links from before, `/#/pages/group/index?id=1`, which are still in chats and in the cashier's hands. With the origin
 * before it, `/#//elsewhere.example` is a page that there is none of, and not another host.
 */
function followOldLink(): void {
  if (location.hash.startsWith('#/')) history.replaceState(history.state, '', location.origin + shown(location.hash.slice(1)))
}

export function createWebHistory(base?: string): RouterHistory {
  followOldLink()
  const browser = createBrowserHistory(base)
  return {
    base: browser.base,
    get location() { return heard(browser.location) },
    get state() { return browser.state },
    push: (page, data) => browser.push(shown(page), data),
    replace: (page, data) => browser.replace(shown(page), data),
    go: (delta, tell) => browser.go(delta, tell),
    listen: (hear) => browser.listen((to, from, how) => hear(heard(to), heard(from), how)),
    createHref: (page) => browser.createHref(shown(page)),
    destroy: () => browser.destroy(),
  }
}
