import { Box } from '@element-plus/icons-vue'
import { type Section } from '@/section'
import title from './title.json'

export const section: Section = {
  title,
  needs: 'orders:read',
  menu: { order: 40, icon: Box },
  pages: [{ path: '/orders', name: 'orders', page: () => import('./OrderList.vue') }],
  home: { order: 10, block: () => import('./OrdersAtHome.vue') },
  looks: { order: () => import('./OrderDrawer.vue') },
}
