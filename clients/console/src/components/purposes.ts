/** What the books call an order; what else people pay for is called otherwise. */
export const ORDER_PURPOSE = 'trade.order'
