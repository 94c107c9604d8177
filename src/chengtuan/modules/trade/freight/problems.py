"""What can go wrong with freight, by name."""

from chengtuan.kernel.problems import Problem


class FreightTemplateNotFound(Problem):
    code = "trade/freight-template-not-found"
    status = 404
    title = "There is no such freight template"


class FreightNameTaken(Problem):
    code = "trade/freight-name-taken"
    status = 409
    title = "Another freight template has this name"


class FreightChanged(Problem):
    code = "trade/freight-changed"
    status = 409
    title = "Somebody else changed the freight since it was read"
    members = {"version": int, "by": str, "at": str}


class FreightTemplateUsed(Problem):
    """`names` are those of the first products, by language; `products` is how many there are."""

    code = "trade/freight-template-used"
    status = 409
    title = "Products are sent by this template: choose first how they are sent from now on"
    members = {"products": int, "names": list}


class BadFreight(Problem):
    code = "trade/bad-freight"
    status = 422
    title = "The zones of this freight template do not fit together"
    members = {"reason": str}


class WeightMissing(Problem):
    code = "trade/weight-missing"
    status = 422
    title = "This is sent by weight, and nobody has said what this variant weighs"
    members = {"sku_id": str, "product_id": str}
