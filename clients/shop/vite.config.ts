import { defineConfig, type Plugin } from 'vite'
import uniPlugin from '@dcloudio/vite-plugin-uni'

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

/** H5 talks to the server it came from; a mini program has no origin and gets one at build time. */
const origin = process.env.UNI_PLATFORM === 'mp-weixin' ? (process.env.APP_API ?? 'http://127.0.0.1:8000') : ''

export default defineConfig({
  plugins: [uni(), noVendorHosts()],
  define: { __API__: JSON.stringify(origin.replace(/\/+$/, '')) },
})
