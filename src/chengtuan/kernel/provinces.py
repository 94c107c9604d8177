"""The provinces of GB/T 2260, by their six-digit codes; delivery ranges are written with them."""

PROVINCE_CODES = frozenset(
    f"{number}0000"
    for number in (
        *range(11, 16),  # Beijing, Tianjin, Hebei, Shanxi, Inner Mongolia
        *range(21, 24),  # Liaoning, Jilin, Heilongjiang
        *range(31, 38),  # Shanghai, Jiangsu, Zhejiang, Anhui, Fujian, Jiangxi, Shandong
        *range(41, 47),  # Henan, Hubei, Hunan, Guangdong, Guangxi, Hainan
        *range(50, 55),  # Chongqing, Sichuan, Guizhou, Yunnan, Tibet
        *range(61, 66),  # Shaanxi, Gansu, Qinghai, Ningxia, Xinjiang
        71,  # Taiwan
        81,  # Hong Kong
        82,  # Macao
    )
)
