from chengtuan.kernel.problems import Problem


class ProductNotFound(Problem):
    code = "catalog/product-not-found"
    status = 404
    title = "There is no such product, or it is no longer shown"
