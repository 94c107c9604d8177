import { watch } from 'vue'
import { createRouter, createWebHashHistory } from 'vue-router'
import { may, signedIn, type Permission } from '@/session/session'

declare module 'vue-router' {
  interface RouteMeta {
    /** Catalogue key of the page's title. */
    title?: string
    /** What a person must be allowed to do to be here; without it the page is neither offered nor shown. */
    needs?: Permission
    /** Shown without the shell, and without being signed in. */
    bare?: boolean
  }
}

/** What can be no id is no address: it is said at once, and no server is asked. */
const ID = ':id([0-9a-fA-F-]{36})'

export const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    { path: '/sign-in', name: 'sign-in', component: () => import('@/pages/SignIn.vue'), meta: { bare: true, title: 'signin.title' } },
    { path: '/', name: 'home', component: () => import('@/pages/Home.vue'), meta: { title: 'nav.home' } },
    { path: '/products', name: 'products', component: () => import('@/pages/products/ProductList.vue'), meta: { title: 'nav.products', needs: 'products:read' } },
    { path: '/products/new', name: 'product-new', component: () => import('@/pages/products/ProductForm.vue'), meta: { title: 'product.new', needs: 'products:edit' } },
    { path: `/products/${ID}`, name: 'product-edit', component: () => import('@/pages/products/ProductForm.vue'), props: true, meta: { title: 'product.edit', needs: 'products:read' } },
    { path: '/campaigns', name: 'campaigns', component: () => import('@/pages/campaigns/CampaignList.vue'), meta: { title: 'nav.campaigns', needs: 'campaigns:read' } },
    { path: '/campaigns/new', name: 'campaign-new', component: () => import('@/pages/campaigns/CampaignForm.vue'), meta: { title: 'campaign.new', needs: 'campaigns:edit' } },
    { path: `/campaigns/${ID}`, name: 'campaign', component: () => import('@/pages/campaigns/CampaignDetail.vue'), props: true, meta: { title: 'campaign.detail', needs: 'campaigns:read' } },
    { path: '/groups', name: 'groups', component: () => import('@/pages/groups/GroupList.vue'), meta: { title: 'nav.groups', needs: 'groups:read' } },
    { path: '/orders', name: 'orders', component: () => import('@/pages/orders/OrderList.vue'), meta: { title: 'nav.orders', needs: 'orders:read' } },
    { path: '/refunds', name: 'refunds', component: () => import('@/pages/refunds/RefundQueue.vue'), meta: { title: 'nav.refunds', needs: 'refunds:read' } },
    { path: '/money', name: 'money', component: () => import('@/pages/money/MoneyPage.vue'), meta: { title: 'nav.money', needs: 'ledger:read' } },
    { path: '/reconciliation', name: 'reconciliation', component: () => import('@/pages/reconciliation/DayList.vue'), meta: { title: 'nav.reconciliation', needs: 'reconciliation' } },
    { path: '/reconciliation/:day(\\d{4}-\\d\\d-\\d\\d)', name: 'reconciliation-day', component: () => import('@/pages/reconciliation/DayDetail.vue'), props: true, meta: { title: 'nav.reconciliation', needs: 'reconciliation' } },
    { path: '/background', name: 'background', component: () => import('@/pages/background/StuckWork.vue'), meta: { title: 'nav.background', needs: 'background' } },
    { path: '/:rest(.*)*', name: 'nowhere', component: () => import('@/pages/Nowhere.vue'), meta: { title: 'nowhere.title' } },
  ],
})

router.beforeEach((to) => {
  if (!signedIn.value && !to.meta.bare) return { name: 'sign-in', query: { to: to.fullPath } }
  if (signedIn.value && to.name === 'sign-in') return { name: 'home' }
})

/** Whether the signed-in person may open the page of this name; what a link or a menu leads to is asked here. */
export function mayOpen(name: string): boolean {
  const needs = router.getRoutes().find((route) => route.name === name)?.meta.needs
  return !needs || may(needs)
}

// A session can end under any page: signed out here or in another place, or run out; and begin in another tab.
watch(signedIn, (now) => {
  const here = router.currentRoute.value
  if (!now && !here.meta.bare) void router.push({ name: 'sign-in', query: { to: here.fullPath } })
  if (now && here.name === 'sign-in') void router.push(wanted(here.query.to))
})

/** Where somebody was going who had to sign in first; nowhere but in the console. */
const wanted = (to: unknown): string => (typeof to === 'string' && to.startsWith('/') ? to : '/')
