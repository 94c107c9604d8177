// Where the bytes behind a path or URL of the mini-program come from.
import { realUrl } from './settings.js'

const SELF_CONTAINED = /^(data:|blob:)/

/** Address of the relay (serve/relay.mjs) for an outside URL: no CORS, as in WeChat. */
export const relayed = (url) => `/__relay?url=${encodeURIComponent(realUrl(url))}`

/**
 * @param {string} path           file of the build, http(s) URL, data: or blob: URL
 * @param {boolean} sameOrigin    fetch outside URLs through this origin, for canvases
 */
export function fileUrl (path, sameOrigin = false) {
  if (SELF_CONTAINED.test(path)) return path
  if (/^https?:/.test(path)) return sameOrigin ? relayed(path) : realUrl(path)
  return `/__build/${path.replace(/^\.?\//, '')}`
}
