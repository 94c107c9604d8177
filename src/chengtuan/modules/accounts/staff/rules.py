"""Members of staff: how they are called, their passwords, and who manages whom."""

import re
import secrets
import unicodedata
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from chengtuan.platform.permissions import Permission, Role, permissions_of, roles_of

MIN_PASSWORD, MAX_PASSWORD = 10, 200
"""Characters of a new password."""
FIRST_PASSWORD_LIFETIME = timedelta(days=7)
"""How long a password that somebody else set opens the account: what lies in a chat is not good for ever."""

_HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af"
_LOGIN = re.compile(rf"[a-z0-9{_HAN}._@-]{{2,60}}")
"""No letters that look like these: with a Cyrillic e somebody would be taken for somebody else."""
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that are mistaken for each other when a password is read out or copied by hand."""
_GROUPS, _GROUP = 4, 4


def normal_login(login: str) -> str:
    """Logins are compared without regard to case, white space around them, and full-width or half-width signs."""
    folded = unicodedata.normalize("NFKC", login).casefold()
    return unicodedata.normalize("NFKC", folded).strip()


def spellings(login: str) -> list[str]:
    """What a typed login may be stored as: in its normal form, or as it is for who was spelled so before."""
    return sorted({normal_login(login), login.strip().casefold()})


def is_login(login: str) -> bool:
    """Whether a normal login may be given to somebody new: a to z or Chinese, figures and `. _ @ -`, without spaces.

    Who has another one from before keeps it.
    """
    return _LOGIN.fullmatch(login) is not None


def is_password(password: str) -> bool:
    return MIN_PASSWORD <= len(password) <= MAX_PASSWORD


def first_password() -> str:
    """A password nobody can guess, to be handed over by voice or by hand: some 79 bits."""
    return "-".join("".join(secrets.choice(_SIGNS) for _ in range(_GROUP)) for _ in range(_GROUPS))


def may_hand(own: frozenset[Permission], *roles: Iterable[str]) -> bool:
    """Whether somebody with these permissions may manage a person with these roles, or give them.

    Nobody gives what they do not have; and whoever set the password of somebody mightier would be that person.
    """
    return all(permissions_of(one) <= own for one in roles)


def roles_to_give(own: frozenset[Permission], merchant_id: UUID | None) -> list[Role]:
    """The roles that somebody with these permissions may give to their colleagues."""
    return [role for role in roles_of(merchant_id) if may_hand(own, [role])]
