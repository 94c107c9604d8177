import { Present } from '@element-plus/icons-vue'
import { ID, type Section } from '@/section'
import type texts from './locales/zh-Hant.json'
import title from './title.json'

export const section: Section<typeof texts> = {
  title,
  needs: 'campaigns:read',
  menu: { order: 20, icon: Present },
  pages: [
    { path: '/campaigns', name: 'campaigns', page: () => import('./CampaignList.vue') },
    { path: '/campaigns/new', name: 'campaign-new', page: () => import('./CampaignForm.vue'), needs: 'campaigns:edit', title: 'campaign.new' },
    { path: `/campaigns/${ID}`, name: 'campaign', page: () => import('./CampaignDetail.vue'), props: true, title: 'campaign.detail' },
  ],
}
