import { type Proof, withWork } from '../../../packages/api/proof-of-work'
import { toast } from './feedback'
import { t } from './i18n'

/** Sends; where the server asks this device for work first, does it and sends again. */
export const withProof = <T>(send: (proof?: Proof) => Promise<T>): Promise<T> => withWork(send, () => toast(t('signIn.proving')))
