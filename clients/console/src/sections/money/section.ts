import { Wallet } from '@element-plus/icons-vue'
import { type Section } from '@/section'
import title from './title.json'

export const section: Section = {
  title,
  needs: 'ledger:read',
  menu: { order: 60, icon: Wallet },
  pages: [{ path: '/money', name: 'money', page: () => import('./MoneyPage.vue') }],
}
