"""RFC 9457 problem details: the one error model, for HTTP clients and for calls between modules."""

from typing import Any, ClassVar

PROBLEM_TYPE_PREFIX = "urn:chengtuan:problem:"
_STANDARD = frozenset({"type", "title", "status", "detail", "code", "instance", "request_id"})


class Problem(Exception):
    """An outcome the caller can act on. Subclasses set `code`, `status` and `title`.

    Keyword arguments become members of the problem document; their names and meaning are
    described in `members`, which is published in the API's description.
    """

    code: ClassVar[str]
    status: ClassVar[int]
    title: ClassVar[str]
    members: ClassVar[dict[str, type]] = {}
    _by_code: ClassVar[dict[str, type["Problem"]]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "code" not in cls.__dict__:
            return  # an intermediate base class
        if cls.code in Problem._by_code:
            raise TypeError(f"duplicate problem code {cls.code!r}")
        Problem._by_code[cls.code] = cls

    def __init__(self, detail: str = "", **extension: Any) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.extension = extension

    def to_body(self) -> dict[str, Any]:
        return {
            "type": PROBLEM_TYPE_PREFIX + self.code,
            "title": self.title,
            "status": self.status,
            "detail": self.detail or self.title,
            "code": self.code,
            **self.extension,
        }

    @staticmethod
    def from_body(body: dict[str, Any]) -> "Problem":
        """The exception that a problem document stands for; unknown codes become `UnknownProblem`."""
        extension = {key: value for key, value in body.items() if key not in _STANDARD}
        kind = Problem._by_code.get(str(body.get("code")), UnknownProblem)
        return kind(str(body.get("detail", "")), **extension)

    @staticmethod
    def all_kinds() -> dict[str, type["Problem"]]:
        """Every problem of the product by its code."""
        return dict(sorted(Problem._by_code.items()))


class UnknownProblem(Problem):
    code = "platform/unknown"
    status = 500
    title = "Something went wrong on our side"


class InvalidRequest(Problem):
    code = "platform/invalid-request"
    status = 422
    title = "The request has fields that are missing or not allowed"
    members = {"errors": list}


class NotSignedIn(Problem):
    code = "platform/not-signed-in"
    status = 401
    title = "Sign in first"


class NotAllowed(Problem):
    code = "platform/not-allowed"
    status = 403
    title = "This account may not do that"


class CrossSite(Problem):
    code = "platform/cross-site"
    status = 403
    title = "This request came from a page of another site"


class NotFound(Problem):
    code = "platform/not-found"
    status = 404
    title = "There is nothing at this address"


class MethodNotAllowed(Problem):
    code = "platform/method-not-allowed"
    status = 405
    title = "This address does not take that method"


class TooLarge(Problem):
    code = "platform/too-large"
    status = 413
    title = "The request is too large"
    members = {"limit_bytes": int}


class UnsupportedMediaType(Problem):
    code = "platform/unsupported-media-type"
    status = 415
    title = "The request's content type is not supported"


class RangeNotSatisfiable(Problem):
    code = "platform/range-not-satisfiable"
    status = 416
    title = "The file has no such part"


class TooManyRequests(Problem):
    code = "platform/too-many-requests"
    status = 429
    title = "Too many requests; try again later"
    members = {"retry_after_s": int}


class Overloaded(Problem):
    code = "platform/overloaded"
    status = 503
    title = "Too many people at once; try again in a moment"
    members = {"retry_after_s": int}


class Unavailable(Problem):
    code = "platform/unavailable"
    status = 503
    title = "The shop is restarting; try again in a moment"
    members = {"retry_after_s": int}


class PartnerUnavailable(Problem):
    code = "platform/partner-unavailable"
    status = 503
    title = "A partner's system does not answer; nothing was lost, try again"
