"""Asking for a code, and typing it."""

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from chengtuan.modules.accounts.codes.usecases.try_code import CodeTry
from chengtuan.modules.accounts.people.http.schemas import PhoneText
from chengtuan.modules.accounts.tries.http.schemas import Tried
from chengtuan.platform.http.typed_fields import FIGURES

SmsCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$"), FIGURES]


RequestId = Annotated[str, StringConstraints(max_length=100), Field(description="What asking for the code gave")]


class SmsCodeInput(Tried):
    phone: PhoneText


class SmsCodeSent(BaseModel):
    """The same for every phone, known here or not. Keep `request_id`: the code can only be used together with it."""

    request_id: str
    retry_after_s: int
    expires_in_s: int


class PhoneCodeInput(Tried):
    phone: PhoneText
    code: SmsCode
    request_id: RequestId

    def attempt(self) -> CodeTry:
        return CodeTry(
            phone=self.phone,
            code=self.code,
            request=self.request_id,
            device=self.device,
            proof=self.proof.proof() if self.proof else None,
        )
