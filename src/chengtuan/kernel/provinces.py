"""The provinces of GB/T 2260, by their six-digit codes, and what they are called.

Freight and delivery ranges go by the code, parcels by the name: they have to be the same province.
"""

import re
from functools import lru_cache

from chengtuan.kernel.search import normalised

_NAMES = {
    "110000": ("北京", "beijing"),
    "120000": ("天津", "tianjin"),
    "130000": ("河北", "hebei"),
    "140000": ("山西", "shanxi"),
    "150000": ("内蒙古", "内蒙", "inner mongolia", "nei mongol"),
    "210000": ("辽宁", "liaoning"),
    "220000": ("吉林", "jilin"),
    "230000": ("黑龙江", "heilongjiang"),
    "310000": ("上海", "shanghai"),
    "320000": ("江苏", "jiangsu"),
    "330000": ("浙江", "zhejiang"),
    "340000": ("安徽", "anhui"),
    "350000": ("福建", "fujian"),
    "360000": ("江西", "jiangxi"),
    "370000": ("山东", "shandong"),
    "410000": ("河南", "henan"),
    "420000": ("湖北", "hubei"),
    "430000": ("湖南", "hunan"),
    "440000": ("广东", "guangdong"),
    "450000": ("广西", "guangxi"),
    "460000": ("海南", "hainan"),
    "500000": ("重庆", "chongqing"),
    "510000": ("四川", "sichuan"),
    "520000": ("贵州", "guizhou"),
    "530000": ("云南", "yunnan"),
    "540000": ("西藏", "tibet", "xizang"),
    "610000": ("陕西", "shaanxi"),
    "620000": ("甘肃", "gansu"),
    "630000": ("青海", "qinghai"),
    "640000": ("宁夏", "ningxia"),
    "650000": ("新疆", "xinjiang"),
    "710000": ("台湾", "taiwan"),
    "810000": ("香港", "hong kong", "hongkong"),
    "820000": ("澳门", "macau", "macao"),
}
PROVINCE_CODES = frozenset(_NAMES)
_CODES = {name: code for code, names in _NAMES.items() for name in names}
_KIND = re.compile(
    r"(省|市|(壮族|回族|维吾尔)?自治区|特别行政区"
    r"|,? (province|municipality|(zhuang |hui |uygh?ur )?autonomous region|special administrative region|sar))$"
)
"""What a province is: people write it or leave it out."""


_PREFECTURES = frozenset({("630000", "460000")})
"""Where a prefecture is called as another province is: Hainan (海南藏族自治州) lies in Qinghai."""


def may_hold_city(code: str, city: str) -> bool:
    """Whether the province can have a city that somebody writes so: it may say the province again, but no other one."""
    named = province_called(city)
    return named in (code, None) or (code, named) in _PREFECTURES


@lru_cache(maxsize=1024)
def province_called(name: str) -> str | None:
    """The code of the province that somebody calls so (新疆, 新疆維吾爾自治區, Xinjiang); None if there is none."""
    return _CODES.get(_KIND.sub("", normalised(name)))
