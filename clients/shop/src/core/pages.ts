/** Every page: where it lies in the build, which is how the framework and the mini program name it. */
export const PATHS = {
  home: '/pages/home/index',
  category: '/pages/category/index',
  groups: '/pages/groups/index',
  me: '/pages/me/index',
  group: '/pages/group/index',
  product: '/pages-goods/product/index',
  flash: '/pages-flash/zone/index',
  flashSale: '/pages-flash/sale/index',
  holds: '/pages-flash/holds/index',
  cart: '/pages-order/cart/index',
  checkout: '/pages-order/checkout/index',
  pay: '/pages-order/pay/index',
  result: '/pages-order/result/index',
  orders: '/pages-order/list/index',
  order: '/pages-order/detail/index',
  signIn: '/pages-user/sign-in/index',
  inbox: '/pages-user/inbox/index',
  addresses: '/pages-user/addresses/index',
  address: '/pages-user/address/index',
  phone: '/pages-user/phone/index',
  settings: '/pages-user/settings/index',
  privacy: '/pages-user/privacy/index',
  lost: '/pages-user/lost/index',
} as const
export type PageName = keyof typeof PATHS

/**
 * What a browser shows for it; `:id` is that value of its query. The server knows them too (`server.json` of the
 * build): it answers 404 to what is none of them.
 */
export const ADDRESSES: Record<PageName, string> = {
  home: '/',
  category: '/category',
  groups: '/groups',
  me: '/me',
  group: '/group/:id',
  product: '/product/:id',
  flash: '/flash',
  flashSale: '/flash/:id',
  holds: '/holds',
  cart: '/cart',
  checkout: '/checkout',
  pay: '/orders/:id/pay',
  result: '/orders/:id/result',
  orders: '/orders',
  order: '/orders/:id',
  signIn: '/sign-in',
  inbox: '/inbox',
  addresses: '/addresses',
  address: '/address',
  phone: '/phone',
  settings: '/settings',
  privacy: '/privacy',
  lost: '/lost',
}
