/**
 * A release replaces the files that an open tab was made of. This notices it, and lets the person choose when to
 * load the page again; forms keep what was typed (`forms/drafts.ts`).
 */
import { ref } from 'vue'
import { ElMessage } from 'element-plus'
import { i18n } from '@/i18n'
import { router } from './router'

/** Whether the server has another build than the one that runs here. */
export const outdated = ref(false)

const CHECK_EVERY_MS = 10 * 60_000
let checkedAt = performance.now()
let wanted: string | null = null

/** The script that a page of ours runs: each build's has a name of its own. */
export const scriptOf = (html: string): string => /<script type="module"[^>]*\ssrc="([^"]+)"/.exec(html)?.[1] ?? ''

async function check(): Promise<void> {
  checkedAt = performance.now()
  const page = await fetch(location.pathname, { cache: 'no-cache' })
  const there = page.ok ? scriptOf(await page.text()) : ''
  const here = document.querySelector('script[type="module"][src]')?.getAttribute('src')
  if (there && here && there !== here) outdated.value = true
}

/** A part of the page that could not be loaded: replaced by a release, or out of reach. */
async function explain(): Promise<void> {
  try {
    await check()
    outdated.value = true
  } catch {
    ElMessage.error(i18n.global.t('problem.client/offline'))
  }
}

export function watchReleases(): void {
  window.addEventListener('vite:preloadError', () => void explain())
  router.onError((_, to) => {
    wanted = to.fullPath
  })
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible' && performance.now() - checkedAt > CHECK_EVERY_MS) check().catch(() => undefined)
  })
}

/** Loads the page again, and goes where the person wanted to go. */
export function reload(): void {
  if (wanted) location.hash = `#${wanted}`
  location.reload()
}
