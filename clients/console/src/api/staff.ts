import { prove, type Proof } from '../../../packages/api/proof-of-work'
import { answerOf, http } from './client'
import { ApiProblem } from './problems'
import type { Merchant, Meta, Staff, StaffSession } from './types'

export const fetchMeta = (): Promise<Meta> => answerOf(http.GET('/api/v1/meta'))

/** The session is kept in a cookie. `working`: the server asks this device for some work first. */
export async function signIn(login: string, password: string, working: () => void): Promise<StaffSession> {
  let proof: Proof | null = null
  for (let round = 0; ; round++) {
    try {
      const body = { login, password, keep: 'cookie' as const, proof }
      return await answerOf(http.POST('/api/v1/accounts/staff/sessions', { body }), { keepSession: true })
    } catch (error) {
      const problem = ApiProblem.from(error)
      if (problem.code !== 'accounts/proof-needed' || round === 3) throw error
      working()
      proof = await prove(String(problem.members.challenge), Number(problem.members.bits))
    }
  }
}

export const signOut = (): Promise<unknown> =>
  answerOf(http.DELETE('/api/v1/accounts/staff/sessions/current'), { keepSession: true })

export const fetchStaff = (): Promise<Staff> => answerOf(http.GET('/api/v1/accounts/staff/me'))

/** The shop of the signed-in person; platform staff belong to none. */
export const fetchMerchant = (): Promise<Merchant> => answerOf(http.GET('/api/v1/merchants/console/mine'))
