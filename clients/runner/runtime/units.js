// rpx and vh as WeChat means them: 750 rpx are the screen's width, 100 vh the page without its bars.
const vw = (rpx) => `${(rpx / 7.5).toFixed(5)}vw`
const PAGE_HEIGHT = /(-?\d*\.?\d+)vh\b/g

const withPageHeight = (css) => css.replace(PAGE_HEIGHT, (_, n) => `calc(${n} * var(--rt-vh, 1vh))`)

/** An inline style as the browser understands it. */
export const inlineStyle = (style) =>
  withPageHeight(String(style).replace(/(-?\d*\.?\d+)rpx/g, (_, n) => vw(n)))

/** Tokens of wcsc → CSS; `prefix` goes before the class names of an isolated component. */
export function cssOf (tokens, prefix) {
  const text = (tokens ?? []).map((token) => {
    if (!Array.isArray(token)) return token
    if (token[0] === 0) return vw(token[1])
    return token[0] === 1 ? prefix : ''
  }).join('')
  return withPageHeight(text.replace(/(^|[},\s])(?:page|body)(?=[\s{.,:>])/g, '$1.rt-page'))
}

/** A short, stable class prefix for the component at `path`. */
export function scopeOf (path) {
  const hash = [...path].reduce((sum, char) => (sum * 33 + char.charCodeAt(0)) >>> 0, 5381)
  return `c${hash.toString(36)}`
}
