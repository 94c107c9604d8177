"""Tables of `payments`. Triggers are in the migrations (0002, 0011): Alembic knows none."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from chengtuan.modules.payments.facade.contracts import PURPOSE_FORM
from chengtuan.platform.tables import SEALED, instant, module_metadata

METADATA = module_metadata("payments")

payable = Table(
    "payable",
    METADATA,
    # One row per thing that somebody tried to pay: its lock orders "open another payment" and "close for good".
    Column("id", Uuid, primary_key=True),
    Column("purpose", Text, nullable=False),
    Column("subject_id", Uuid, nullable=False),
    Column("instalment", SmallInteger, nullable=False),
    Column("opened_at", instant(), nullable=False),
    Column("closed_at", instant()),
    UniqueConstraint("subject_id", "purpose", "instalment"),
    CheckConstraint(f"purpose ~ '{PURPOSE_FORM}'", name="purpose_form"),
    CheckConstraint("instalment >= 1", name="instalment_counted"),
)

payment = Table(
    "payment",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("payable_id", Uuid, ForeignKey(payable.c.id), nullable=False, index=True),
    Column("user_id", Uuid, nullable=False),
    Column("request_id", Uuid, nullable=False),
    Column("channel", Text, nullable=False),
    Column("out_trade_no", Text, nullable=False, unique=True),
    # The sum of its shares (deferred trigger).
    Column("amount_fen", BigInteger, nullable=False),
    Column("description", Text, nullable=False),
    Column("status", Text, nullable=False),
    # Of payments from before payers were encrypted; a job moves it into the next column.
    Column("payer_openid", Text),
    Column("payer_openid_sealed", LargeBinary, info=SEALED),
    Column("ticket", Text),
    Column("ticket_at", instant()),
    Column("transaction_id", Text, unique=True),
    Column("paid_at", instant()),
    Column("settled_at", instant()),
    Column("closed_at", instant()),
    Column("expires_at", instant(), nullable=False),
    Column("created_at", instant(), nullable=False),
    # The refund that the provider was asked for last: the next one of this payment waits a minute.
    Column("refund_asked_no", Text),
    Column("refund_asked_at", instant()),
    CheckConstraint("amount_fen > 0", name="amount_positive"),
    CheckConstraint("status in ('pending', 'paid', 'closed')", name="status_known"),
    CheckConstraint("channel in ('wechat_h5', 'wechat_jsapi')", name="channel_known"),
    CheckConstraint("(status = 'paid') = (transaction_id is not null and paid_at is not null)", name="paid_is_proven"),
)
Index(
    "uq_payment_open",
    payment.c.payable_id,
    payment.c.channel,
    unique=True,
    postgresql_where=payment.c.status == text("'pending'"),
)

payment_share = Table(
    "payment_share",
    METADATA,
    # Whose money, and for what, each part of a payment is. What goes back goes back from a share.
    Column("payment_id", Uuid, ForeignKey(payment.c.id), primary_key=True),
    Column("subject_id", Uuid, primary_key=True, index=True),
    Column("subject_number", Text, nullable=False),
    Column("merchant_id", Uuid, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("refund_reserved_fen", BigInteger, nullable=False, server_default=text("0")),
    Column("refunded_fen", BigInteger, nullable=False, server_default=text("0")),
    CheckConstraint("amount_fen > 0", name="amount_positive"),
    CheckConstraint("refund_reserved_fen between 0 and amount_fen", name="refunds_within_share"),
    CheckConstraint("refunded_fen between 0 and refund_reserved_fen", name="refunded_was_reserved"),
)

refund = Table(
    "refund",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("payment_id", Uuid, nullable=False, index=True),
    Column("subject_id", Uuid, nullable=False),
    Column("number", Text, nullable=False, unique=True),
    Column("sequence", SmallInteger, nullable=False, server_default=text("1")),
    # Under how many of its numbers the provider was asked, whatever it answered: the first so many.
    Column("asked", SmallInteger, nullable=False, server_default=text("0")),
    Column("amount_fen", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("provider_refund_id", Text, unique=True),
    # Why a person has to look; last_error has the provider's own code and words.
    Column("trouble", Text),
    Column("last_error", Text),
    Column("planned_at", instant(), nullable=False),
    Column("submitted_at", instant()),
    Column("succeeded_at", instant()),
    ForeignKeyConstraint(["payment_id", "subject_id"], [payment_share.c.payment_id, payment_share.c.subject_id]),
    CheckConstraint("amount_fen > 0", name="amount_positive"),
    CheckConstraint("asked between 0 and sequence", name="asked"),
    CheckConstraint("status in ('planned', 'submitted', 'succeeded', 'abnormal')", name="status_known"),
    # no "@": it separates the sequence in the provider's number
    CheckConstraint("number ~ '^[0-9A-Za-z_|*-]{1,60}$'", name="number_acceptable"),
    CheckConstraint("(status = 'succeeded') = (succeeded_at is not null)", name="success_has_time"),
    CheckConstraint("trouble in ('refused', 'closed', 'failed', 'lost', 'too_many', 'too_old')", name="trouble_known"),
    CheckConstraint("(status = 'abnormal') = (trouble is not null)", name="abnormal_has_trouble"),
)

Index("ix_refund_abnormal", refund.c.id, postgresql_where=refund.c.status == text("'abnormal'"))
Index("ix_payment_open_payer", payment.c.id, postgresql_where=payment.c.payer_openid.is_not(None))
Index("ix_payment_paid_at", payment.c.paid_at, postgresql_where=payment.c.status == text("'paid'"))

refund_request = Table(
    "refund_request",
    METADATA,
    # One row per request that the provider accepted, under the number it knows: what its bills are compared with.
    Column("out_refund_no", Text, primary_key=True),
    Column("refund_id", Uuid, ForeignKey(refund.c.id), nullable=False, index=True),
    Column("accepted_at", instant(), nullable=False, index=True),
    # Whether accepted_at is the provider's own time: a callback that overtakes the answer does not say it.
    Column("told", Boolean, nullable=False),
)

notice = Table(
    "notice",
    METADATA,
    # Every proven callback, whatever became of it: the answer to "did the provider tell us?".
    Column("notice_id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False, index=True),
    Column("outcome", Text, nullable=False),
    # Of notices from before these were encrypted; a job moves it into the next column.
    Column("content", JSONB),
    Column("content_sealed", LargeBinary, info=SEALED),
    Column("deliveries", Integer, nullable=False, server_default=text("1")),
    Column("received_at", instant(), nullable=False),
    Column("repeated_at", instant()),
    CheckConstraint("kind in ('transaction', 'refund')", name="kind_known"),
    CheckConstraint("outcome in ('applied', 'repeated', 'ignored', 'unmatched', 'mismatched')", name="outcome_known"),
    CheckConstraint("(content is null) <> (content_sealed is null)", name="content_once"),
)
Index("ix_notice_unfit", notice.c.notice_id, postgresql_where=text("outcome in ('unmatched', 'mismatched')"))
Index("ix_notice_open_content", notice.c.notice_id, postgresql_where=notice.c.content.is_not(None))

account = Table(
    "account",
    METADATA,
    Column("code", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    CheckConstraint("kind in ('asset', 'liability', 'contra_liability', 'expense')", name="kind_known"),
)

entry = Table(
    "entry",
    METADATA,
    # A ledger transaction is (kind, fact_id, subject_id), its lines are numbered from 1; debit is positive, credit
    # negative, the sum zero. The fact is the payment, refund or request; the subject is what the money was for.
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("fact_id", Uuid, nullable=False),
    Column("line", SmallInteger, nullable=False),
    Column("account", Text, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("subject_id", Uuid, nullable=False),
    Column("merchant_id", Uuid, nullable=False),
    Column("booked_at", instant(), nullable=False),
    UniqueConstraint("kind", "fact_id", "subject_id", "account"),
    CheckConstraint(f"purpose ~ '{PURPOSE_FORM}'", name="purpose_form"),
    CheckConstraint("amount_fen <> 0", name="amount_not_zero"),
    CheckConstraint(
        "kind in ('payment', 'refund_planned', 'perk_planned', 'refund_succeeded', 'merchant_discount',"
        " 'merchant_discount_reversed', 'subsidy', 'subsidy_reversed', 'points_redeemed', 'points_returned',"
        " 'commission_earned', 'commission_voided')",
        name="kind_known",
    ),
    # A CHECK and not a foreign key: every booking would lock the same rows of `account`.
    CheckConstraint(
        "account in ('provider_clearing', 'merchant_escrow', 'refunds_in_transit', 'merchant_promotions',"
        " 'platform_subsidies', 'points_redeemed', 'commissions_payable')",
        name="account_known",
    ),
)
# Lists show transactions, so only first lines are indexed.
Index("ix_entry_merchant", entry.c.merchant_id, entry.c.seq, postgresql_where=entry.c.line == text("1"))
Index("ix_entry_subject", entry.c.subject_id, postgresql_where=entry.c.line == text("1"))

ledger_sum = Table(
    "ledger_sum",
    METADATA,
    # What the first so many entries of a merchant and an account add up to (`rows/ledger_sums.py`).
    Column("merchant_id", Uuid, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("amount_fen", BigInteger, nullable=False),
)

ledger_summed = Table(
    "ledger_summed",
    METADATA,
    # One row: up to which entry they are in the sums.
    Column("single", Boolean, primary_key=True, server_default=text("true")),
    Column("until_seq", BigInteger, nullable=False),
    CheckConstraint("single", name="single"),
)

reconciliation = Table(
    "reconciliation",
    METADATA,
    # One row per day in China: our books beside the provider's bill.
    Column("bill_date", Date, primary_key=True),
    Column("status", Text, nullable=False),
    *(
        Column(name, BigInteger, nullable=False, server_default=text("0"))
        for name in (
            *("payments_here", "payments_there", "paid_here_fen", "paid_there_fen"),
            *("refunds_here", "refunds_there", "refunded_here_fen", "refunded_there_fen", "fees_fen"),
        )
    ),
    Column("checked_at", instant(), nullable=False),
    Column("trouble", Text),
    CheckConstraint("status in ('clean', 'differences', 'waiting', 'failed')", name="status_known"),
)

reconciliation_difference = Table(
    "reconciliation_difference",
    METADATA,
    # A difference keeps its row: found again, it is open again.
    Column("id", Uuid, primary_key=True),
    Column("bill_date", Date, ForeignKey(reconciliation.c.bill_date), nullable=False),
    Column("kind", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("purpose", Text),
    Column("subject_id", Uuid),
    Column("subject_number", Text),
    Column("ours_fen", BigInteger),
    Column("theirs_fen", BigInteger),
    Column("found_at", instant(), nullable=False),
    Column("resolved_at", instant()),
    Column("resolution", Text),
    Column("note", Text),
    Column("explained_by", Uuid),
    UniqueConstraint("bill_date", "kind", "number"),
    CheckConstraint("num_nulls(purpose, subject_id, subject_number) in (0, 3)", name="subject_whole"),
    CheckConstraint("resolution in ('repaired', 'explained')", name="resolution_known"),
    CheckConstraint("(resolution is null) = (resolved_at is null)", name="resolved_has_time"),
    CheckConstraint("note is null or resolution = 'explained'", name="note_explains"),
    CheckConstraint("(note is null) = (explained_by is null)", name="note_has_author"),
)
