import { type Section } from '@/section'
import title from './title.json'

export const section: Section = {
  title,
  pages: [{ path: '/sign-in', name: 'sign-in', page: () => import('./SignIn.vue'), bare: true }],
}
