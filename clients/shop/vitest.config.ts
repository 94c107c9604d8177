import path from 'node:path'
import vue from '@vitejs/plugin-vue'
import { defineConfig, type Plugin } from 'vitest/config'

type Platform = 'H5' | 'MP-WEIXIN'
const BLOCK = /[ \t]*(?:\/\/|<!--|\/\*)\s*#(ifdef|ifndef)\s+([\w\s|-]+?)\s*(?:-->|\*\/)?\n([\s\S]*?)(?:\/\/|<!--|\/\*)\s*#endif\s*(?:-->|\*\/)?/g

/** Keep what `#ifdef PLATFORM` keeps and drop the rest, by the same rule as uni's own preprocessor. */
const ifdef = (platform: Platform): Plugin => ({
  name: 'uni-ifdef',
  enforce: 'pre',
  transform(code, id) {
    if (!/\.(vue|ts)(\?|$)/.test(id) || id.includes('node_modules')) return undefined
    return code.replace(BLOCK, (_, kind: string, names: string, body: string) => {
      const named = names.split('||').some((n) => n.trim() === platform)
      return named === (kind === 'ifdef') ? body : ''
    })
  },
})

const ELEMENTS = ['view', 'text', 'image', 'button', 'swiper', 'swiper-item', 'scroll-view', 'block', 'switch', 'input']

export default defineConfig({
  plugins: [ifdef('H5'), vue({ template: { compilerOptions: { isCustomElement: (tag) => ELEMENTS.includes(tag) } } })],
  define: { __API__: JSON.stringify('') },
  resolve: { alias: { '@': path.resolve(__dirname, 'src') } },
  test: { environment: 'happy-dom', include: ['test/**/*.test.ts'], setupFiles: ['test/setup.ts'] },
})
