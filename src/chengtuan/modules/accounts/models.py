"""Tables of `accounts`. Columns of type LargeBinary hold encrypted values, blind indexes or hashes."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from chengtuan.platform.tables import HASHED, SEALED, blind_index, instant, module_metadata

METADATA = module_metadata("accounts")

person = Table(
    "person",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("nickname", Text, nullable=False),
    Column("avatar", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("phone", LargeBinary, info=SEALED),
    Column("phone_index", LargeBinary, unique=True, info=blind_index("phone", "accounts.phone")),
    # Of people from before these were encrypted; a job moves them into the next columns.
    Column("openid", Text, unique=True),
    Column("unionid", Text),
    Column("openid_sealed", LargeBinary, info=SEALED),
    Column("openid_index", LargeBinary, unique=True, info=blind_index("openid_sealed", "accounts.openid")),
    Column("unionid_sealed", LargeBinary, info=SEALED),
    Column("created_at", instant(), nullable=False),
    Column("united_into", Uuid, ForeignKey("accounts.person.id")),
    CheckConstraint("(phone is null) = (phone_index is null)", name="phone_whole"),
    CheckConstraint("(openid_sealed is null) = (openid_index is null)", name="openid_whole"),
    # whoever was united into another account signs in as that one
    CheckConstraint(
        "united_into is null or (phone is null and openid is null and openid_sealed is null and united_into <> id)",
        name="united",
    ),
)
"""`united_into` is somebody who was not united into a third account: `repository.people.absorb`."""
Index("ix_person_open_wechat", person.c.id, postgresql_where=text("openid is not null or unionid is not null"))
Index("ix_person_united_into", person.c.united_into, postgresql_where=person.c.united_into.is_not(None))

phone_code = Table(
    "phone_code",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("request_hash", LargeBinary, nullable=False, unique=True, info=HASHED),
    Column("phone_index", LargeBinary, nullable=False, info=HASHED),
    Column("code_hash", LargeBinary, nullable=False, info=HASHED),
    Column("attempts_left", SmallInteger, nullable=False),
    Column("expires_at", instant(), nullable=False, index=True),
    Column("used_at", instant()),
    CheckConstraint("attempts_left >= 0", name="attempts_left"),
)
"""A code is tried by whoever asked for it: they alone know the request.

Once it was used it only answers a repeated request.
"""

device = Table(
    "device",
    METADATA,
    Column("token_hash", LargeBinary, primary_key=True, info=HASHED),
    Column("kind", Text, nullable=False),
    Column("subject_id", Uuid, nullable=False),
    Column("signed_in_at", instant(), nullable=False),
    Column("expires_at", instant(), nullable=False, index=True),
    CheckConstraint("kind in ('shopper', 'staff')", name="kind"),
)
"""Devices on which a person signed in before."""
Index("ix_device_subject", device.c.subject_id)

session = Table(
    "session",
    METADATA,
    Column("token_hash", LargeBinary, primary_key=True, info=HASHED),
    Column("kind", Text, nullable=False),
    Column("subject_id", Uuid, nullable=False),
    Column("created_at", instant(), nullable=False),
    Column("renewed_at", instant(), nullable=False),
    Column("expires_at", instant(), nullable=False, index=True),
    CheckConstraint("kind in ('shopper', 'staff')", name="kind"),
)
Index("ix_session_subject", session.c.subject_id)

address = Table(
    "address",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("person_id", Uuid, ForeignKey(person.c.id), nullable=False, index=True),
    Column("name", LargeBinary, nullable=False, info=SEALED),
    Column("phone", LargeBinary, nullable=False, info=SEALED),
    Column("detail", LargeBinary, nullable=False, info=SEALED),
    Column("province_code", Text, nullable=False),
    Column("province", Text, nullable=False),
    Column("city", Text, nullable=False),
    Column("district", Text, nullable=False),
    Column("is_default", Boolean, nullable=False),
    Column("version", Integer, nullable=False, server_default=text("1")),
)
Index(
    "uq_address_default",
    address.c.person_id,
    unique=True,
    postgresql_where=text("is_default"),
)

staff = Table(
    "staff",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("login", Text, nullable=False, unique=True),
    Column("password_hash", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("roles", ARRAY(Text), nullable=False),
    Column("merchant_id", Uuid),
    Column("created_at", instant(), nullable=False),
    Column("disabled_at", instant()),
    Column("first_password_until", instant()),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("as_before", Boolean, nullable=False, server_default=text("false")),
    CheckConstraint("as_before or login is nfkc normalized", name="login"),
    # who is not disabled has roles of one kind, and a merchant exactly if they are a merchant's
    CheckConstraint(
        "disabled_at is not null or cardinality(roles) > 0 and case when merchant_id is null"
        " then roles <@ array['platform_admin', 'platform_operator', 'platform_auditor']"
        " else roles <@ array['merchant_owner', 'merchant_operator', 'merchant_warehouse', 'merchant_service',"
        " 'merchant_finance'] end",
        name="roles",
    ),
)
"""`first_password_until` is set while the password is one that somebody else chose: it has to be changed until then.

`version` counts changes of name and roles. `as_before`: the login is from before full-width signs meant plain ones, and
its plain spelling is somebody else's; it opens by this spelling alone.
"""
Index("ix_staff_merchant_id", staff.c.merchant_id)
