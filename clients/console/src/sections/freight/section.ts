import { Van } from '@element-plus/icons-vue'
import { ID, type Section } from '@/section'
import type texts from './locales/zh-Hant.json'
import title from './title.json'

export const section: Section<typeof texts> = {
  title,
  needs: 'products:read',
  menu: { order: 15, icon: Van },
  pages: [
    { path: '/freight', name: 'freight', page: () => import('./FreightList.vue') },
    { path: '/freight/new', name: 'freight-new', page: () => import('./TemplateForm.vue'), needs: 'products:edit', title: 'freight.new' },
    { path: `/freight/${ID}`, name: 'freight-edit', page: () => import('./TemplateForm.vue'), needs: 'products:edit', props: true, title: 'freight.edit' },
  ],
  looks: { 'product-freight': () => import('./ProductFreight.vue') },
}
