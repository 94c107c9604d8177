import { watch } from 'vue'
import { createRouter, createWebHashHistory, type RouteRecordRaw } from 'vue-router'
import type { LText } from '@/api/types'
import { mustChangePassword, signedIn, type Permission } from '@/session/session'
import Nowhere from './Nowhere.vue'
import { rooms, withTexts, type Room } from './sections'

declare module 'vue-router' {
  interface RouteMeta {
    /** The section it belongs to, which the menu marks. */
    section?: string
    /** The section's name, and the catalogue key of the page's own title where it has one. */
    name?: LText
    title?: string
    /** What a person must be allowed to do to be here; without it the page is neither offered nor shown. */
    needs?: Permission
    /** Shown without the shell, and without being signed in. */
    bare?: boolean
  }
}

const pagesOf = (room: Room): RouteRecordRaw[] =>
  room.pages.map(({ path, name, page, needs = room.needs, title, props = false, bare }) => ({
    path, name, props, component: withTexts(room, page), meta: { section: room.name, name: room.title, title, needs, bare },
  }))

export const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    ...rooms.flatMap(pagesOf),
    { path: '/:rest(.*)*', name: 'nowhere', component: Nowhere, meta: { title: 'nowhere.title' } },
  ],
})

router.beforeEach((to) => {
  if (!signedIn.value && !to.meta.bare) return { name: 'sign-in', query: { to: to.fullPath } }
  if (signedIn.value && to.name === 'sign-in') return { name: 'home' }
  if (mustChangePassword.value && to.name !== 'password') return { name: 'password' }
})

// A session can end under any page: signed out here or in another place, or run out; and begin in another tab.
watch(signedIn, (now) => {
  const here = router.currentRoute.value
  if (!now && !here.meta.bare) void router.push({ name: 'sign-in', query: { to: here.fullPath } })
  if (now && here.name === 'sign-in') void router.push(wanted(here.query.to))
})
watch(mustChangePassword, (now) => {
  if (now) void router.push({ name: 'password' })
})

/** Where somebody was going who had to sign in first; nowhere but in the console. */
const wanted = (to: unknown): string => (typeof to === 'string' && to.startsWith('/') ? to : '/')
