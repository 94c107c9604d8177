export * from '../../../packages/api/limits'
