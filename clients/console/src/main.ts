import { createApp } from 'vue'
import App from './App.vue'
import { i18n } from './i18n'
import { watchReleases } from './release'
import { router } from './router'
import 'element-plus/theme-chalk/base.css'
import 'element-plus/theme-chalk/el-message.css'
import 'element-plus/theme-chalk/el-message-box.css'
import './theme/theme.css'

watchReleases()
createApp(App).use(router).use(i18n).mount('#app')
