import { answerOf, http } from './client'
import { withProof } from './proof'
import type { Merchant, Meta, Staff, StaffSession } from './types'

export const fetchMeta = (): Promise<Meta> => answerOf(http.GET('/api/v1/meta'))

/** The session is kept in a cookie. `working`: the server asks this device for some work first. */
export const signIn = (login: string, password: string, working: () => void): Promise<StaffSession> =>
  withProof((proof) => {
    const body = { login, password, keep: 'cookie' as const, proof }
    return answerOf(http.POST('/api/v1/accounts/staff/sessions', { body }), { keepSession: true })
  }, working)

export const signOut = (): Promise<unknown> =>
  answerOf(http.DELETE('/api/v1/accounts/staff/sessions/current'), { keepSession: true })

export const fetchStaff = (): Promise<Staff> => answerOf(http.GET('/api/v1/accounts/staff/me'))

/** The shop of the signed-in person; platform staff belong to none. */
export const fetchMerchant = (): Promise<Merchant> => answerOf(http.GET('/api/v1/merchants/console/mine'))
