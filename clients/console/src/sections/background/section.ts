import { Operation } from '@element-plus/icons-vue'
import { type Section } from '@/section'
import title from './title.json'

export const section: Section = {
  title,
  needs: 'background:read',
  menu: { order: 80, icon: Operation },
  pages: [{ path: '/background', name: 'background', page: () => import('./StuckWork.vue') }],
}
