import { Finished } from '@element-plus/icons-vue'
import { type Section } from '@/section'
import title from './title.json'

export const section: Section = {
  title,
  needs: 'reconciliation:read',
  menu: { order: 70, icon: Finished },
  pages: [
    { path: '/reconciliation', name: 'reconciliation', page: () => import('./DayList.vue') },
    { path: '/reconciliation/:day(\\d{4}-\\d\\d-\\d\\d)', name: 'reconciliation-day', page: () => import('./DayDetail.vue'), props: true },
  ],
}
