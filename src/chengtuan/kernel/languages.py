"""Which of the product's languages a person reads, from what the browser or WeChat announces."""

_DEFAULT = "zh-Hant"
_TRADITIONAL = ("hant", "tw", "hk", "mo")


def language_from(accept_language: str) -> str:
    """The first language of an Accept-Language header that the product speaks, by its weight.

    Unknown or missing: Traditional Chinese, the product's fallback. Chinese without a script or region
    counts as Simplified, as browsers mean it. WeChat and Android write `zh_CN` for `zh-CN`.
    """
    best, best_weight = _DEFAULT, 0.0
    for item in accept_language[:500].split(","):
        tag, _, parameters = item.strip().partition(";")
        language = _known(tag.strip().lower().replace("_", "-"))
        weight = _weight(parameters)
        if language and weight > best_weight:
            best, best_weight = language, weight
    return best


def _known(tag: str) -> str | None:
    primary, *rest = tag.split("-")
    if primary == "en":
        return "en"
    if primary != "zh":
        return None
    if "hans" in rest:
        return "zh-Hans"
    return "zh-Hant" if any(part in _TRADITIONAL for part in rest) else "zh-Hans"


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        weight = float(value)
    except ValueError:
        return 0.0
    return weight if 0.0 <= weight <= 1.0 else 0.0
