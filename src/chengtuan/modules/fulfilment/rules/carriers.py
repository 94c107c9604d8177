"""Carriers that parcels go with, and what their numbers look like.

A number is checked loosely: a carrier's new prefix must not stop a merchant, a number of another
carrier or a phone number pasted by mistake should.
"""

import re
from dataclasses import dataclass

from chengtuan.kernel.text import LocalizedText
from chengtuan.kernel.typed import figures

_ANY = re.compile(r"[A-Z0-9-]{8,32}")
_POST = r"[A-Z]{2}\d{9}[A-Z]{2}|\d{10,20}"


@dataclass(frozen=True, slots=True)
class Carrier:
    """`wechat_code` is the carrier's id at WeChat; `pattern` its own numbers, None if they vary."""

    code: str
    name: LocalizedText
    wechat_code: str
    pattern: str | None = None

    def accepts(self, tracking_no: str) -> bool:
        """Whether a normalised number can be one of this carrier's."""
        if not _ANY.fullmatch(tracking_no) or not any(sign.isdigit() for sign in tracking_no):
            return False
        return self.pattern is None or re.fullmatch(self.pattern, tracking_no) is not None


def _carrier(
    code: str, hant: str, hans: str, en: str, pattern: str | None = None, *, wechat_code: str | None = None
) -> Carrier:
    return Carrier(code, {"zh-Hant": hant, "zh-Hans": hans, "en": en}, wechat_code or code, pattern)


CARRIERS: dict[str, Carrier] = {
    carrier.code: carrier
    for carrier in (
        _carrier("SF", "順豐速運", "顺丰速运", "SF Express", r"(SF)?\d{9,15}"),
        _carrier("ZTO", "中通快遞", "中通快递", "ZTO Express", r"(ZTO)?\d{10,15}"),
        _carrier("YTO", "圓通速遞", "圆通速递", "YTO Express", r"(YT|[A-Z])?\d{10,18}"),
        _carrier("STO", "申通快遞", "申通快递", "STO Express", r"(STO)?\d{10,15}"),
        _carrier("YUNDA", "韻達快遞", "韵达快递", "Yunda Express", r"(YD)?\d{10,19}", wechat_code="YD"),
        _carrier("JD", "京東快遞", "京东快递", "JD Logistics", r"(JD[A-Z]{0,4})?\d{8,20}(-\d{1,4}){0,3}"),
        _carrier("JT", "極兔速遞", "极兔速递", "J&T Express", r"(JT)?\d{10,15}", wechat_code="JTSD"),
        _carrier("EMS", "郵政特快專遞", "邮政特快专递", "EMS", _POST),
        _carrier("POST", "郵政快遞包裹", "邮政快递包裹", "China Post Parcel", _POST, wechat_code="YZPY"),
        _carrier("DEPPON", "德邦快遞", "德邦快递", "Deppon Express", r"(DPK|DBL)?\d{8,15}", wechat_code="DBL"),
        _carrier("OTHER", "其他承運商", "其他承运商", "Another carrier", wechat_code="OTHERS"),
    )
}
"""By code, in the order in which a console offers them."""


def normalise_tracking_no(entered: str) -> str:
    """As carriers print it: no spaces, nothing that nobody sees, capital letters, digits of the usual width."""
    return figures(entered).upper()
