"""The page about staff: what each role may, and which routes each permission opens."""

from collections.abc import Sequence
from uuid import UUID

from chengtuan.apps.reference.api_pages import operations
from chengtuan.apps.reference.description import Described
from chengtuan.apps.reference.markdown import code, page, table
from chengtuan.platform.permissions import ROLE_PERMISSIONS, WITHIN_ANSWERS, Permission, Role, roles_of

_SOME_MERCHANT = UUID(int=0)


def permissions_page(product: Described) -> str:
    return page(
        "Permissions",
        "What members of staff may do. A role is a set of permissions, a person has one role or several, and may what "
        "any of them allows. People of a merchant reach the data of their own shop, people of the platform all shops'. "
        "Who gives which role to whom: [how to manage staff](../how-to/manage-staff.md).",
        f"## Of a merchant\n\n{_roles(roles_of(_SOME_MERCHANT))}",
        f"## Of the platform\n\n{_roles(roles_of(None))}",
        f"## Routes\n\n{_routes(product)}",
    )


def _roles(roles: Sequence[Role]) -> str:
    known = [permission for permission in Permission if any(permission in ROLE_PERMISSIONS[role] for role in roles)]
    rows = [
        (code(permission), *("✓" if permission in ROLE_PERMISSIONS[role] else "" for role in roles))
        for permission in known
    ]
    return table(("permission", *map(code, roles)), rows)


def _routes(product: Described) -> str:
    found = operations(product)
    rows = [
        (code(permission), f"{o.method} {code(o.path)}", o.summary)
        for permission in Permission
        for o in found
        if o.access == permission
    ]
    within = [(code(permission), "", "no route of its own: what answers show") for permission in sorted(WITHIN_ANSWERS)]
    return table(("permission", "opens", "what"), [*rows, *within])
