"""Problems of editing the catalogue; only the console sees them."""

from chengtuan.kernel.problems import Problem


class UnknownCategory(Problem):
    code = "catalog/unknown-category"
    status = 422
    title = "There is no such category"


class UnknownSku(Problem):
    code = "catalog/unknown-sku"
    status = 422
    title = "A variant named here does not belong to this product, or is named twice"


class ListPriceTooLow(Problem):
    code = "catalog/list-price-too-low"
    status = 422
    title = "The list price is lower than every price it is to be compared with"


class EditedMeanwhile(Problem):
    code = "catalog/edited-meanwhile"
    status = 409
    title = "Somebody else changed this product since it was read"
    members = {"version": int, "changes": list}


class BadImage(Problem):
    code = "catalog/bad-image"
    status = 422
    title = "This is no JPEG, PNG, WebP or HEIC picture that can be used"
    members = {"reason": str}
    """`not_a_picture`, `unsupported` (a picture of another kind), `damaged`, `too_many_pixels`, or `too_long`:
    so many times higher than wide that it would be kept illegibly small."""
