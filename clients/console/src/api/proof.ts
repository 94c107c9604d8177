import { prove, type Proof } from '../../../packages/api/proof-of-work'
import { ApiProblem } from './problems'

/** Asks, and does the work that the server wants from this device first after too many wrong tries. */
export async function withProof<T>(ask: (proof: Proof | null) => Promise<T>, working: () => void): Promise<T> {
  let proof: Proof | null = null
  for (let round = 0; ; round++) {
    try {
      return await ask(proof)
    } catch (error) {
      const problem = ApiProblem.from(error)
      if (problem.code !== 'accounts/proof-needed' || round === 3) throw error
      working()
      proof = await prove(String(problem.members.challenge), Number(problem.members.bits))
    }
  }
}
