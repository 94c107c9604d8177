import { Money } from '@element-plus/icons-vue'
import { type Section } from '@/section'
import title from './title.json'

export const section: Section = {
  title,
  needs: 'refunds:read',
  menu: { order: 50, icon: Money },
  pages: [{ path: '/refunds', name: 'refunds', page: () => import('./RefundQueue.vue') }],
  home: { order: 30, block: () => import('./RefundsAtHome.vue') },
}
