"""Everything that can go wrong with WeChat, by what the caller may do about it."""


class WeChatError(Exception):
    """Anything this package raises about the partner."""


class ProviderUnavailable(WeChatError):
    """No usable answer: the outcome is unknown. Ask later, or repeat with the same number."""


class UntrustedAnswer(ProviderUnavailable):
    """An answer came, but its signature, its time or its form is wrong: it counts as no answer."""


class ProviderRefused(WeChatError):
    """A definite, signed no. `status` is the HTTP status, `code` the partner's word for the reason."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{code} ({status}): {message}")
        self.status = status
        self.code = code
        self.message = message


class NotFound(ProviderRefused):
    """The partner has no order or refund of this number."""


class AlreadyPaid(ProviderRefused):
    """The order is paid already: query it and accept the money."""


class OrderClosed(ProviderRefused):
    """The order's number was closed; paying again needs a new number."""


class PaymentInProgress(ProviderRefused):
    """The payer is typing the password: query again in some seconds."""


class FrequencyLimited(ProviderRefused):
    """Too fast: repeat later, with the same number."""


class BillNotReady(ProviderRefused):
    """The day's bill is still being written: ask again in half an hour."""


class NoBill(ProviderRefused):
    """Nothing was paid or refunded on that day, so there is no bill."""


class BillDamaged(WeChatError):
    """A bill came whose content is not what the provider announced, or not a bill."""


class MiniProgramRefused(ProviderRefused):
    """An `errcode` of a mini-program server interface."""

    def __init__(self, errcode: int, errmsg: str) -> None:
        super().__init__(200, str(errcode), errmsg)
        self.errcode = errcode


class LoginCodeRefused(MiniProgramRefused):
    """The code of `wx.login` or of the phone button is wrong, used or too old."""


class ConsentMissing(MiniProgramRefused):
    """43101: the person has not agreed (any more) to a message of this template."""


class CallbackRejected(WeChatError):
    """The notice is not proven to come from WeChat Pay for us. Answer 401 and change nothing."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class CallbackUnreadable(CallbackRejected):
    """Proven to come from the platform, but of no form we know: a person has to look. Answer 409.

    `notice_id` is the platform's where it can be read, else a number made from the content.
    """

    def __init__(self, reason: str, notice_id: str) -> None:
        super().__init__(reason)
        self.notice_id = notice_id


_BY_CODE: dict[str, type[ProviderRefused]] = {
    # The partner's pages spell some codes in two ways.
    "ORDER_NOT_EXIST": NotFound,
    "ORDERNOTEXIST": NotFound,
    "RESOURCE_NOT_EXISTS": NotFound,
    "ORDERPAID": AlreadyPaid,
    "ORDER_PAID": AlreadyPaid,
    "ORDER_CLOSED": OrderClosed,
    "ORDERCLOSED": OrderClosed,
    "USERPAYING": PaymentInProgress,
    "STATEMENT_CREATING": BillNotReady,
    "NO_STATEMENT_EXIST": NoBill,
    "FREQUENCY_LIMITED": FrequencyLimited,
    "FREQUENCY_LIMIT_EXCEED": FrequencyLimited,
    "RATELIMIT_EXCEEDED": FrequencyLimited,
}


def refusal(status: int, code: str, message: str) -> ProviderRefused:
    """The exception for a signed refusal of WeChat Pay."""
    kind = _BY_CODE.get(code, FrequencyLimited if status == 429 else ProviderRefused)
    return kind(status, code, message)
