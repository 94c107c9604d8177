import { HomeFilled } from '@element-plus/icons-vue'
import { type Section } from '@/section'
import title from './title.json'

export const section: Section = {
  title,
  menu: { order: 0, icon: HomeFilled },
  pages: [{ path: '/', name: 'home', page: () => import('./Home.vue') }],
}
