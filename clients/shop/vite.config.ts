import { readFileSync } from 'node:fs'
import path from 'node:path'
import { defineConfig, type Plugin } from 'vite'
import uniPlugin from '@dcloudio/vite-plugin-uni'
import { ADDRESSES } from './src/core/pages'
import { TOLD_BY_THE_SERVER } from './src/core/told-by-the-server'

const uni = (uniPlugin as unknown as { default?: typeof uniPlugin }).default ?? uniPlugin
const vendorPicture = /url\((['"]?)https:\/\/cdn\.dcloud\.net\.cn[^)]*\)/g
const vendorHost = /https:\/\/[a-z0-9]+\.dcloud\.net\.cn\/[\w./-]*/g
const clean = (text: string) => text.replace(vendorPicture, 'none').replace(vendorHost, 'about:blank')

/** The framework's own style sheet and ad code name its vendor's hosts; a self-hosted shop must not call them. */
const noVendorHosts = (): Plugin => ({
  name: 'no-vendor-hosts',
  enforce: 'post',
  generateBundle(_, bundle) {
    for (const file of Object.values(bundle)) {
      if (file.type === 'chunk') file.code = clean(file.code)
      else if (typeof file.source === 'string') file.source = clean(file.source)
    }
  },
})

/** The framework's router hears of pages, the browser of their addresses. */
const shortAddresses = (): Plugin => ({
  name: 'short-addresses',
  enforce: 'pre',
  resolveId(source, importer) {
    if (source === 'vue-router' && importer?.includes('@dcloudio/uni-h5/')) return path.resolve(__dirname, 'src/core/history.ts')
  },
})

type Tree = { [key: string]: string | Tree }
const textsOf = (language: string): Record<string, string> => {
  const tree = JSON.parse(readFileSync(path.resolve(__dirname, `src/locales/${language}.json`), 'utf8')) as Tree
  return Object.fromEntries(TOLD_BY_THE_SERVER.map((key) => {
    const text = key.split('.').reduce<string | Tree | undefined>((node, step) => (node as Tree | undefined)?.[step], tree)
    if (typeof text !== 'string') throw new Error(`the server tells ${key}, and ${language} has no such text`)
    return [key, text]
  }))
}
/** What the server has to know of these pages: which addresses there are, and the words of link previews. */
const forServer = (): Plugin => ({
  name: 'for-server',
  generateBundle() {
    const texts = Object.fromEntries(['zh-Hant', 'zh-Hans', 'en'].map((language) => [language, textsOf(language)]))
    this.emitFile({ type: 'asset', fileName: 'server.json', source: JSON.stringify({ addresses: ADDRESSES, texts }) })
    this.emitFile({ type: 'asset', fileName: 'robots.txt', source: 'User-agent: *\nDisallow: /console/\n' })
  },
})

/** H5 talks to the server it came from; a mini program has no origin and gets one at build time. */
const mini = process.env.UNI_PLATFORM === 'mp-weixin'
const origin = mini ? (process.env.APP_API ?? 'http://127.0.0.1:8000') : ''

export default defineConfig({
  plugins: [...(mini ? [] : [shortAddresses(), forServer()]), uni(), noVendorHosts()],
  define: { __API__: JSON.stringify(origin.replace(/\/+$/, '')) },
})
