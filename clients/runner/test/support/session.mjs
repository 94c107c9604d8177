// The test build in a browser, next to a partner server. One browser for a test file.
import path from 'node:path'
import { after, before } from 'node:test'
import { fileURLToPath } from 'node:url'
import { serve } from '../../serve/server.mjs'
import { startChromium } from './chromium.mjs'
import { startPartner } from './partner.mjs'

export const SHOP = path.join(path.dirname(fileURLToPath(import.meta.url)), '../fixtures/shop')

/** Starts everything before the tests of a file; the members are there once tests run. */
export function useSession (folder = SHOP) {
  const session = {
    /** A fresh person: own storage. @param {{settings?: object, open?: string}} options */
    async open (options = {}) {
      const tab = await session.browser.newTab()
      await session.launch(tab, options)
      return tab
    },
    launch (tab, { settings = {}, open } = {}) {
      const query = new URLSearchParams({ settings: JSON.stringify(settings), ...(open && { open }) })
      return tab.open(`${session.server.url}?${query}`)
    },
  }
  before(async () => {
    session.partner = await startPartner()
    session.server = await serve(folder)
    session.browser = await startChromium()
  })
  after(async () => {
    await session.browser?.close()
    await session.server?.close()
    await session.partner?.close()
  })
  return session
}

/** An expression that calls wx.<name> and gives its answer, also a failed one. */
export const call = (name, options) => `__runner.wx.${name}(${JSON.stringify(options)}).then((a) => a, (a) => a)`
