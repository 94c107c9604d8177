import { Postcard } from '@element-plus/icons-vue'
import { type Section } from '@/section'
import title from './title.json'

export const section: Section = {
  title,
  needs: 'staff:manage',
  menu: { order: 90, icon: Postcard },
  pages: [{ path: '/staff', name: 'staff', page: () => import('./StaffList.vue') }],
}
