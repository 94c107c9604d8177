import { answerOf, http } from './client'
import type { Merchant, Meta, Staff, StaffSession } from './types'

export const fetchMeta = (): Promise<Meta> => answerOf(http.GET('/api/v1/meta'))

export const signIn = (login: string, password: string): Promise<StaffSession> =>
  answerOf(http.POST('/api/v1/accounts/staff/sessions', { body: { login, password } }), { keepSession: true })

export const signOut = (): Promise<unknown> =>
  answerOf(http.DELETE('/api/v1/accounts/staff/sessions/current'), { keepSession: true })

export const fetchStaff = (): Promise<Staff> => answerOf(http.GET('/api/v1/accounts/staff/me'))

/** The shop of the signed-in person; platform staff belong to none. */
export const fetchMerchant = (): Promise<Merchant> => answerOf(http.GET('/api/v1/merchants/console/mine'))
