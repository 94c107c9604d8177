import { useQueryPages } from './useAddress'
import { useLiveList, type FetchPage, type Options } from './useLiveList'

/** The list of a page: it keeps itself fresh, and how many pages of it are open stands in the address. */
export const useList = <T>(fetchPage: FetchPage<T>, { pages, ...options }: Omit<Options<T>, 'pages'> & { pages?: string } = {}) =>
  useLiveList<T>(fetchPage, { ...options, pages: useQueryPages(pages) })
