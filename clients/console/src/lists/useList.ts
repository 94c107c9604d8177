import { useQueryPages } from './useAddress'
import { useLiveList, type FetchPage, type Options } from './useLiveList'

/** The list of a page: it keeps itself fresh, and how many pages of it are open stands in the address. */
export const useList = <T>(fetchPage: FetchPage<T>, options: Omit<Options<T>, 'pages'> = {}) =>
  useLiveList<T>(fetchPage, { ...options, pages: useQueryPages() })
