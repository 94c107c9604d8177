"""Names that people get before they choose one, and what a chosen one may look like."""

import unicodedata
from collections.abc import Callable, Sequence

from chengtuan.kernel.typed import BadText, clean_line, is_visible

Choose = Callable[[Sequence[str]], str]

MAX_NICKNAME = 24
AVATARS = tuple(f"a{number:02d}" for number in range(1, 25))
"""The keys of the built-in pictures."""

_FIRST: dict[str, tuple[str, ...]] = {
    "zh-Hant": (
        "愛笑的",
        "早起的",
        "溫柔的",
        "貪吃的",
        "愛曬太陽的",
        "慢吞吞的",
        "圓滾滾的",
        "會種菜的",
        "哼歌的",
        "好奇的",
    ),
    "zh-Hans": (
        "爱笑的",
        "早起的",
        "温柔的",
        "贪吃的",
        "爱晒太阳的",
        "慢吞吞的",
        "圆滚滚的",
        "会种菜的",
        "哼歌的",
        "好奇的",
    ),
    "en": (
        "Smiling",
        "Early",
        "Gentle",
        "Hungry",
        "Sunny",
        "Easygoing",
        "Cozy",
        "Curious",
        "Humming",
        "Lucky",
    ),
}
_SECOND: dict[str, tuple[str, ...]] = {
    "zh-Hant": (
        "小熊",
        "橘貓",
        "水獺",
        "柴犬",
        "松鼠",
        "企鵝",
        "刺蝟",
        "小鹿",
        "海豹",
        "貓頭鷹",
        "熊貓",
        "兔子",
    ),
    "zh-Hans": (
        "小熊",
        "橘猫",
        "水獭",
        "柴犬",
        "松鼠",
        "企鹅",
        "刺猬",
        "小鹿",
        "海豹",
        "猫头鹰",
        "熊猫",
        "兔子",
    ),
    "en": (
        "Bear",
        "Cat",
        "Otter",
        "Shiba",
        "Squirrel",
        "Penguin",
        "Hedgehog",
        "Fawn",
        "Seal",
        "Owl",
        "Panda",
        "Rabbit",
    ),
}


class BadNickname(ValueError):
    """The name is empty, too long, or holds characters that cannot be shown."""


def generate_nickname(language: str, choose: Choose) -> str:
    """A friendly name in a language of the product."""
    space = " " if language == "en" else ""
    return f"{choose(_FIRST[language])}{space}{choose(_SECOND[language])}"


def clean_nickname(text: str) -> str:
    """The name with its white space put in order. Raises BadNickname."""
    try:
        name = " ".join(clean_line(text).split())
    except BadText as error:
        raise BadNickname from error
    if len(name) > MAX_NICKNAME or not is_visible(name):
        raise BadNickname
    if any(unicodedata.category(character) in ("Co", "Cn") for character in name):
        raise BadNickname
    return name
