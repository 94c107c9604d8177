import { UserFilled } from '@element-plus/icons-vue'
import { type Section } from '@/section'
import title from './title.json'

export const section: Section = {
  title,
  needs: 'groups:read',
  menu: { order: 30, icon: UserFilled },
  pages: [{ path: '/groups', name: 'groups', page: () => import('./GroupList.vue') }],
  home: { order: 20, block: () => import('./GroupsAtHome.vue') },
}
