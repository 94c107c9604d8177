import type { Category, Group, GroupCard, ListingCard, ListingSort, Meta, Offer, Page, Product, Seat } from '../contract'
import { call } from '../http'
import { PAGE_SIZE } from '../paging'
import { one } from './path'

export const getMeta = () => call<Meta>('GET', '/meta')
export const listCategories = () => call<{ items: Category[] }>('GET', '/catalog/categories')
export const getProduct = (id: string) => call<Product>('GET', one('/catalog/products', id))
export type ListingFilter = { category?: string; q?: string; sort?: ListingSort }
export const listListings = (filter: ListingFilter, cursor: string | null) =>
  call<Page<ListingCard>>('GET', '/trade/listings', { query: { ...filter, cursor, limit: PAGE_SIZE } })
export const getOffer = (productId: string) => call<Offer>('GET', one('/trade/products', productId) + '/offer')
export const listGroups = (productId: string, cursor: string | null) =>
  call<Page<GroupCard>>('GET', one('/trade/products', productId) + '/groups', { query: { cursor, limit: PAGE_SIZE } })
/** What joining a group can choose from: by the group's own terms, also when its product has left the shelf. */
export const getGroupOffer = (groupId: string) => call<Offer>('GET', one('/trade/groups', groupId) + '/offer')
export const getGroup = (id: string) => call<Group>('GET', one('/trade/groups', id))
export const getSeat = (id: string) => call<{ seat: Seat | null }>('GET', one('/trade/groups', id) + '/mine')
/** Waits up to 25 s at the server; an empty answer (204) means nothing changed. */
export const waitGroup = (id: string, version: number) =>
  call<Group | '' | null>('GET', one('/trade/groups', id) + '/changes', { query: { version, wait: 25 }, timeout: 40000, once: true })
