import { type Section } from '@/section'
import title from './title.json'

export const section: Section = {
  title,
  needs: 'own-account',
  pages: [{ path: '/password', name: 'password', page: () => import('./OwnPassword.vue') }],
}
