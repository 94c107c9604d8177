/**
 * Takes the place of `vue-router` for the framework (see vite.config.ts): the same router, but what it hears from the
 * browser's history are pages, and what it writes there are their addresses.
 */
import { createWebHistory as createBrowserHistory, type RouterHistory } from 'vue-router'
import { addressOf, pageAt } from './addresses'

export * from 'vue-router'

/** Links from before, `/#/pages/group/index?id=1`, which are still in chats and in the cashier's hands. */
export function followOldLink(): void {
  if (location.hash.startsWith('#/')) history.replaceState(history.state, '', addressOf(location.hash.slice(1)))
}

export function createWebHistory(base?: string): RouterHistory {
  followOldLink()
  const browser = createBrowserHistory(base)
  return {
    base: browser.base,
    get location() { return pageAt(browser.location) },
    get state() { return browser.state },
    push: (page, data) => browser.push(addressOf(page), data),
    replace: (page, data) => browser.replace(addressOf(page), data),
    go: (delta, heard) => browser.go(delta, heard),
    listen: (hear) => browser.listen((to, from, how) => hear(pageAt(to), pageAt(from), how)),
    createHref: (page) => browser.createHref(addressOf(page)),
    destroy: () => browser.destroy(),
  }
}
