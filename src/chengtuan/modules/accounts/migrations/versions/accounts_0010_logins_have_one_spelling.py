"""Full-width letters and figures in logins mean the plain ones; nobody is locked out by that.

Who is spelled plainly already stays. Of the others whose plain spelling is free the oldest gets it; the rest keep their
own (`as_before`), and sign in with exactly that.
"""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "accounts_0010"
down_revision = "accounts_0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "staff",
        sa.Column("as_before", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        schema="accounts",
    )
    _respell()
    op.create_check_constraint(
        op.f("ck_staff_login"), "staff", "as_before or login is nfkc normalized", schema="accounts"
    )


def _respell() -> None:
    connection = op.get_bind()
    # nobody takes a spelling between the look and the change
    connection.execute(sa.text("lock table accounts.staff in share row exclusive mode"))
    rows = connection.execute(sa.text("select id, login from accounts.staff order by created_at, id")).all()
    taken = {login for _, login in rows}
    for staff_id, login in rows:
        plain = _plain(login)
        if plain == login:
            continue
        if plain in taken:
            connection.execute(sa.text("update accounts.staff set as_before = true where id = :id"), {"id": staff_id})
        else:
            connection.execute(
                sa.text("update accounts.staff set login = :plain where id = :id"), {"id": staff_id, "plain": plain}
            )
        taken.add(plain)


def _plain(login: str) -> str:
    folded = unicodedata.normalize("NFKC", login).casefold()
    return unicodedata.normalize("NFKC", folded).strip()
