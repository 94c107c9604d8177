from chengtuan.kernel.problems import Problem


class MerchantNotFound(Problem):
    code = "merchants/merchant-not-found"
    status = 404
    title = "There is no such merchant"
