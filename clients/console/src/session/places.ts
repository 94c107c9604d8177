import { useRouter, type Router } from 'vue-router'
import { may } from './session'

/** Whether the signed-in person may open the page of this name. */
export function opens(router: Router, name: string): boolean {
  const needs = router.getRoutes().find((route) => route.name === name)?.meta.needs
  return !needs || may(needs)
}

/** What a link or a button leads to is asked here before it is shown. */
export function useMayOpen(): (name: string) => boolean {
  const router = useRouter()
  return (name) => opens(router, name)
}
