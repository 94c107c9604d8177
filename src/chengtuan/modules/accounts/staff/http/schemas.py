"""What the routes for members of staff take and give."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from chengtuan.modules.accounts.staff.rows import StaffRow
from chengtuan.modules.accounts.staff.usecases import manage_colleagues
from chengtuan.modules.accounts.staff.usecases.identify_staff import StaffSessionState
from chengtuan.modules.accounts.staff.usecases.sign_in_staff import StaffSignedIn
from chengtuan.modules.accounts.tries.http.schemas import ProofOfWork, Tried
from chengtuan.platform.http.fields import Instant, Version, VersionOut
from chengtuan.platform.http.typed_fields import Line
from chengtuan.platform.permissions import ROLE_PERMISSIONS, Permission, Role, usable_permissions

TypedPassword = Annotated[str, StringConstraints(min_length=1, max_length=200)]
RolesInput = Annotated[list[Role], Field(min_length=1, max_length=len(Role))]


class StaffSessionInput(Tried):
    """With `keep: cookie` a browser keeps session and device where no script can read them, and `token` is null."""

    keep: Literal["token", "cookie"] = "token"
    login: Annotated[str, Line(100, least=1)]
    password: TypedPassword


class Staff(BaseModel):
    """The signed-in member of staff; `merchant_id` is null for the platform's own.

    Clients show what `permissions` allow. They allow nothing but the own account as long as `must_change_password`.
    """

    id: UUID
    login: str
    name: str
    roles: list[Role]
    permissions: list[Permission]
    merchant_id: UUID | None
    must_change_password: bool

    @staticmethod
    def of(row: StaffRow) -> "Staff":
        return Staff(
            id=row.id,
            login=row.login,
            name=row.name,
            roles=[role for role in Role if role in row.roles],
            permissions=sorted(usable_permissions(row.roles, must_change_password=row.must_change_password)),
            merchant_id=row.merchant_id,
            must_change_password=row.must_change_password,
        )


class StaffSession(BaseModel):
    """It is over at `expires_at` if it is not used before, and at `ends_at` in any case."""

    token: str | None
    device: str | None
    expires_at: Instant
    ends_at: Instant
    staff: Staff

    @staticmethod
    def of(signed_in: StaffSignedIn, *, shown: bool) -> "StaffSession":
        """The secrets are only `shown` to clients that keep them themselves."""
        session = signed_in.session
        return StaffSession(
            token=session.token if shown else None,
            device=signed_in.device if shown else None,
            expires_at=session.expires_at,
            ends_at=session.ends_at,
            staff=Staff.of(signed_in.staff),
        )

    @staticmethod
    def state(state: StaffSessionState) -> "StaffSession":
        return StaffSession(
            token=None, device=None, expires_at=state.expires_at, ends_at=state.ends_at, staff=Staff.of(state.staff)
        )


class OwnPasswordInput(BaseModel):
    """Ten to 200 characters. `proof` answers `accounts/proof-needed` after too many wrong ones."""

    current: TypedPassword
    new: Annotated[str, StringConstraints(max_length=1000)]
    proof: ProofOfWork | None = None


class ColleagueInput(BaseModel):
    """`login` is what they sign in with, for good; `name` is what others see."""

    login: Annotated[str, Line(100, least=1)]
    name: Annotated[str, Line(50, least=1)]
    roles: RolesInput


class ColleagueEdit(BaseModel):
    name: Annotated[str, Line(50, least=1)]
    roles: RolesInput
    version: Version


class Colleague(BaseModel):
    """A member of staff as their managers see them.

    `first_password_until` is set while the password is one that somebody else set: until then it has to be changed.
    """

    id: UUID
    login: str
    name: str
    roles: list[Role]
    created_at: Instant
    disabled_at: Instant | None
    first_password_until: Instant | None
    version: VersionOut

    @staticmethod
    def of(row: StaffRow) -> "Colleague":
        return Colleague(
            id=row.id,
            login=row.login,
            name=row.name,
            roles=[role for role in Role if role in row.roles],
            created_at=row.created_at,
            disabled_at=row.disabled_at,
            first_password_until=row.first_password_until,
            version=row.version,
        )


class ListedColleague(Colleague):
    """`sessions`: on how many browsers they are signed in."""

    sessions: int


class GiveableRole(BaseModel):
    """A role that the asker may give, and what it allows."""

    role: Role
    permissions: list[Permission]


class ColleagueList(BaseModel):
    """Those who can sign in first."""

    items: list[ListedColleague]
    next_cursor: str | None
    giveable: list[GiveableRole]

    @staticmethod
    def of(colleagues: manage_colleagues.Colleagues) -> "ColleagueList":
        return ColleagueList(
            items=[
                ListedColleague(**dict(Colleague.of(person.row)), sessions=person.sessions)
                for person in colleagues.people
            ],
            next_cursor=colleagues.next_cursor,
            giveable=[
                GiveableRole(role=role, permissions=sorted(ROLE_PERMISSIONS[role])) for role in colleagues.giveable
            ],
        )


class FirstPassword(BaseModel):
    """`password` is shown this once. Whoever signs in with it has to choose another one."""

    colleague: Colleague
    password: str

    @staticmethod
    def of(first: manage_colleagues.FirstPassword) -> "FirstPassword":
        return FirstPassword(colleague=Colleague.of(first.row), password=first.password)
