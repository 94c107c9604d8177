"""A phone that WeChat vouches for, and the claim to another account."""

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from chengtuan.modules.accounts.people.http.schemas import WechatCode


class WechatPhoneInput(BaseModel):
    code: Annotated[WechatCode, Field(description="What the `getPhoneNumber` button gave")]


class UnionInput(BaseModel):
    claim: Annotated[str, StringConstraints(min_length=1, max_length=400), Field(description="What phone-taken gave")]
