"""What a shopper reads in WeChat's own bill about a refund (the provider takes 80 characters, one language)."""

REFUND_WORDS = {
    "group_failed": "拼团未成团，全额退回",
    "ladder_difference": "阶梯团成团，差价退回",
    "late_payment": "付款超时，全额退回",
    "cancelled": "订单取消，全额退回",
    "initiator_perk": "开团奖励，商家返还",
}


def refund_words(reason: str) -> str:
    """Words for a reason code; an unknown one is given as it is."""
    return REFUND_WORDS.get(reason, reason)[:80]
