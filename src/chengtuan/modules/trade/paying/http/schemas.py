"""How a shopper goes to pay, and what became of it."""

from typing import Annotated, Literal

from pydantic import BaseModel, StringConstraints

from chengtuan.modules.trade.orders.http.schemas import Order
from chengtuan.platform.http.fields import Instant


class PayInput(BaseModel):
    """The cashier leads back to `return_url` if it is one of the shop's own addresses, and to nowhere else."""

    channel: Literal["wechat_h5", "wechat_jsapi"]
    return_url: (
        Annotated[str, StringConstraints(max_length=500, pattern=r"^https?://[^\s\x00-\x1f\x7f-\x9f]+$")] | None
    ) = None


class JsapiArguments(BaseModel):
    """The arguments of `wx.requestPayment`."""

    appId: str  # noqa: N815
    timeStamp: str  # noqa: N815
    nonceStr: str  # noqa: N815
    package: str
    signType: str  # noqa: N815
    paySign: str  # noqa: N815


class PaymentHandOver(BaseModel):
    """Where to go on: a page to open, or arguments for WeChat."""

    channel: str
    redirect_url: str | None
    jsapi: JsapiArguments | None
    expires_at: Instant


class SyncedOrder(Order):
    """`money_arrived`: the provider has the payment, and the order will say so in a moment.

    False of an order that still waits for payment means that, as of now, nothing was paid.
    """

    money_arrived: bool
