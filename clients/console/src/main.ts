import { createApp } from 'vue'
import App from './app/App.vue'
import { watchReleases } from './app/release'
import { router } from './app/router'
import { i18n, textsReady } from './i18n'
import 'element-plus/theme-chalk/base.css'
import 'element-plus/theme-chalk/el-message.css'
import './theme/theme.css'

watchReleases()
const app = createApp(App).use(router).use(i18n)
// the first page is on its way meanwhile
await textsReady
app.mount('#app')
