"""A refusal in the partner's own words."""

# The partner's words for what every handler may refuse; the statuses are those of its error tables.


class Refusal(Exception):
    """Answered as `{"code": …, "message": …}` with the status."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def bad_parameter(message: str) -> Refusal:
    return Refusal(400, "PARAM_ERROR", message)


def invalid_request(message: str) -> Refusal:
    return Refusal(400, "INVALID_REQUEST", message)
