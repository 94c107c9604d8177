import { fileURLToPath, URL } from 'node:url'
import vue from '@vitejs/plugin-vue'
import Components from 'unplugin-vue-components/vite'
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers'
import { defineConfig } from 'vitest/config'

const server = process.env.CHENGTUAN_SERVER ?? 'http://127.0.0.1:8000'

export default defineConfig({
  base: '/console/',
  plugins: [
    vue(),
    // Only the Element Plus components that a template uses end up in the bundle, with their styles.
    Components({ dirs: [], dts: false, resolvers: [ElementPlusResolver({ importStyle: 'css' })] }),
  ],
  resolve: { alias: { '@tests': fileURLToPath(new URL('./tests', import.meta.url)), '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: { host: '127.0.0.1', proxy: { '/api': server, '/media': server } },
  build: {
    target: 'es2022',
    chunkSizeWarningLimit: 700,
    // What most pages need comes in one file instead of a dozen small ones.
    rolldownOptions: {
      output: { codeSplitting: { groups: [{ name: 'base', test: /\/src\/(api|components|format|i18n|lists|live|session)\//, minShareCount: 6 }] } },
    },
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts', 'tests/**/*.test.ts'],
    setupFiles: ['tests/texts.ts'],
    server: { deps: { inline: ['element-plus'] } },
  },
})
