import { Goods } from '@element-plus/icons-vue'
import { ID, type Section } from '@/section'
import type texts from './locales/zh-Hant.json'
import title from './title.json'

export const section: Section<typeof texts> = {
  title,
  needs: 'products:read',
  menu: { order: 10, icon: Goods },
  pages: [
    { path: '/products', name: 'products', page: () => import('./ProductList.vue') },
    { path: '/products/new', name: 'product-new', page: () => import('./ProductForm.vue'), needs: 'products:edit', title: 'product.new' },
    { path: `/products/${ID}`, name: 'product-edit', page: () => import('./ProductForm.vue'), props: true, title: 'product.edit' },
  ],
}
