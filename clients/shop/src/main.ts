import { createSSRApp } from 'vue'
import App from './App.vue'
// #ifdef H5
import CtUnopened from './components/ct-unopened.vue'
// #endif
import { i18n } from './core/i18n'

export function createApp() {
  const app = createSSRApp(App)
  app.use(i18n)
  // #ifdef H5
  app.component('CtUnopened', CtUnopened) // named in manifest.json
  // #endif
  return { app }
}
