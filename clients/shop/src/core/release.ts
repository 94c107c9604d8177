import { ask } from './feedback'
import { t } from './i18n'

let asking = false

/** Ask once, and load the new version when the shopper is ready; drafts outlive it. */
async function offer(load: () => void): Promise<void> {
  if (asking) return
  asking = true
  if (await ask(t('ui.updated'), t('ui.updatedText'), t('ui.reload'), t('ui.later'))) load()
  asking = false
}

// #ifdef H5
const CHECK_EVERY_MS = 10 * 60_000
let checkedAt = performance.now()

/** The script that a page of ours runs: each build's has a name of its own. */
const scriptOf = (html: string): string => /<script type="module"[^>]*\ssrc="([^"]+)"/.exec(html)?.[1] ?? ''

/** Whether the server has another build than the one that runs here. Throws where it cannot be asked. */
async function isOutdated(): Promise<boolean> {
  checkedAt = performance.now()
  const page = await fetch('/', { cache: 'no-cache' })
  const there = page.ok ? scriptOf(await page.text()) : ''
  const here = document.querySelector('script[type="module"][src]')?.getAttribute('src')
  return Boolean(there && here && there !== here)
}

const reload = (): void => location.reload()
// #endif

/** A release replaces what an open tab was made of; a mini program gets its new package from WeChat. */
export function watchReleases(): void {
  // #ifdef H5
  // a page whose file is gone cannot be opened any more; without a connection nothing is said here, for pages say so
  window.addEventListener('vite:preloadError', () => {
    isOutdated().then(() => offer(reload), () => undefined)
  })
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'visible' || performance.now() - checkedAt < CHECK_EVERY_MS) return
    isOutdated().then((is) => (is ? offer(reload) : undefined), () => undefined)
  })
  // #endif
  // #ifdef MP-WEIXIN
  const manager = uni.getUpdateManager()
  manager.onUpdateReady(() => void offer(() => manager.applyUpdate()))
  // #endif
}
