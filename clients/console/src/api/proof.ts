export { withWork as withProof } from '../../../packages/api/proof-of-work'
