import { Timer } from '@element-plus/icons-vue'
import { ID, type Section } from '@/section'
import type texts from './locales/zh-Hant.json'
import title from './title.json'

export const section: Section<typeof texts> = {
  title,
  needs: 'campaigns:read',
  menu: { order: 22, icon: Timer },
  pages: [
    { path: '/flash-sales', name: 'flash-sales', page: () => import('./FlashSaleList.vue') },
    { path: '/flash-sales/new', name: 'flash-sale-new', page: () => import('./FlashSaleForm.vue'), needs: 'campaigns:edit', title: 'flash.new' },
    { path: `/flash-sales/${ID}`, name: 'flash-sale', page: () => import('./FlashSaleDetail.vue'), props: true, title: 'flash.detail' },
  ],
}
