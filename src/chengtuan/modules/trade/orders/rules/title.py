"""What an order is called in a line of text: its first product, and how many more there are."""

from collections.abc import Mapping, Sequence

_MORE = {"zh-Hant": "{name} 等 {n} 種商品", "zh-Hans": "{name} 等 {n} 种商品", "en": "{name} and {more} more"}


def title_of(names: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """`names` are the products' of its lines, in every language."""
    if len(names) == 1:
        return dict(names[0])
    return {
        language: _MORE.get(language, _MORE["en"]).format(name=name, n=len(names), more=len(names) - 1)
        for language, name in names[0].items()
    }
