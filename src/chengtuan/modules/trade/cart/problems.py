"""What can go wrong with a cart, by name."""

from chengtuan.kernel.problems import Problem


class CartLineNotFound(Problem):
    code = "trade/cart-line-not-found"
    status = 404
    title = "This item is not in the cart"


class CartLineChanged(Problem):
    code = "trade/cart-line-changed"
    status = 409
    title = "Somebody changed this item in the cart meanwhile"
    members = {"quantity": int, "version": int}


class CartFull(Problem):
    code = "trade/cart-full"
    status = 409
    title = "The cart has no room for another item"
    members = {"limit": int}
