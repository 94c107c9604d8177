import { prove, type Proof } from '../../../packages/api/proof-of-work'
import { toast } from './feedback'
import { ApiProblem } from './http'
import { t } from './i18n'

/** Sends; where the server asks this device for work first, does it and sends again. */
export async function withProof<T>(send: (proof?: Proof) => Promise<T>): Promise<T> {
  let proof: Proof | undefined
  for (let round = 0; ; round++) {
    try {
      return await send(proof)
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.code !== 'accounts/proof-needed' || round === 3) throw error
      toast(t('signIn.proving'))
      proof = await prove(String(error.members.challenge), Number(error.members.bits))
    }
  }
}
