from chengtuan.kernel.problems import Problem


class ProductNotFound(Problem):
    code = "catalog/product-not-found"
    status = 404
    title = "There is no such product, or it is no longer shown"


class DearerThanAlone(Problem):
    code = "catalog/dearer-than-alone"
    status = 409
    title = "One piece alone would cost less than in a group"
    members = {"sku_id": str, "solo_price_fen": int, "group_price_fen": int, "campaign_ids": list}
