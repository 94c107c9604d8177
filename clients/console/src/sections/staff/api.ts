import { answerOf, http } from '@/api/client'
import type { Colleague, ColleagueList, FirstPassword, Role } from './types'

const whose = (colleague: Colleague) => ({ params: { path: { staff_id: colleague.id } } })

export const fetchColleagues = (cursor?: string): Promise<ColleagueList> =>
  answerOf(http.GET('/api/v1/accounts/console/staff', { params: { query: { cursor } } }))

export const addColleague = (body: { login: string; name: string; roles: Role[] }): Promise<FirstPassword> =>
  answerOf(http.POST('/api/v1/accounts/console/staff', { body }))

export const changeColleague = (colleague: Colleague, name: string, roles: Role[]): Promise<unknown> =>
  answerOf(http.PUT('/api/v1/accounts/console/staff/{staff_id}', { ...whose(colleague), body: { name, roles, version: colleague.version } }))

export const resetPassword = (colleague: Colleague): Promise<FirstPassword> =>
  answerOf(http.POST('/api/v1/accounts/console/staff/{staff_id}/password', whose(colleague)))

export const disable = (colleague: Colleague): Promise<unknown> =>
  answerOf(http.POST('/api/v1/accounts/console/staff/{staff_id}/disable', whose(colleague)))

export const enable = (colleague: Colleague): Promise<unknown> =>
  answerOf(http.POST('/api/v1/accounts/console/staff/{staff_id}/enable', whose(colleague)))

export const signOutEverywhere = (colleague: Colleague): Promise<unknown> =>
  answerOf(http.POST('/api/v1/accounts/console/staff/{staff_id}/sign-out', whose(colleague)))
