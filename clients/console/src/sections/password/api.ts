import { answerOf, http } from '@/api/client'
import { withProof } from '@/api/proof'

/** All sessions but this one end. `working`: the server asks this device for some work first. */
export const changePassword = (current: string, next: string, working: () => void): Promise<unknown> =>
  withProof((proof) => answerOf(http.POST('/api/v1/accounts/staff/me/password', { body: { current, new: next, proof } })), working)
