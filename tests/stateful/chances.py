"""What a schedule draws from: small numbers, so that people meet each other and every limit."""

from hypothesis import strategies as st

from chengtuan.gateways.sandbox import FaultKind

PEOPLE = 5
WHO = st.integers(0, PEOPLE - 1)
ANY = st.integers(0, 11)
QUANTITY = st.sampled_from([1, 1, 1, 2, 3])
SECONDS = st.sampled_from([1, 30, 61, 61, 299, 300, 301, 899, 901, 1800, 3600])
DELAYS = st.sampled_from([1.0, 20.0, 300.0, 1200.0])
CHANNELS = ("wechat_h5", "wechat_jsapi")
CHANNEL = st.sampled_from(CHANNELS)
FAULTS = (
    FaultKind.CALLBACK_LOST,
    FaultKind.CALLBACK_DUPLICATED,
    FaultKind.CALLBACK_DELAYED,
    FaultKind.CALLBACK_OUT_OF_ORDER,
    FaultKind.CALLBACK_BAD_SIGNATURE,
    FaultKind.CALLBACK_WRONG_AMOUNT,
    FaultKind.API_500,
    FaultKind.API_500_AFTER,
    FaultKind.PAY_REFUSED,
    FaultKind.PAY_LATE,
    FaultKind.REFUND_ABNORMAL,
    FaultKind.REFUND_CLOSED,
    FaultKind.REFUND_DELAYED,
    FaultKind.REFUND_NOTICE_FIRST,
)
CUTS = st.sampled_from([0, 0, 1, 2, 3, 4, 5, 7, 10, 14])
"""After how many words a line is cut; 0: the provider misbehaves instead."""
