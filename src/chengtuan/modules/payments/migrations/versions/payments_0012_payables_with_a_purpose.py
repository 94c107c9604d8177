"""What is paid has a purpose, payments have shares, and refunds and bookings are about a share's subject.

Until here everything was an order of trade's: its id becomes the subject, and stays the id of its payable, so that jobs
which name it find it. Columns get other names in the step that fills the new ones: a process of the release before that
still runs fails at its next statement, and changes nothing.
"""

import sqlalchemy as sa
from alembic import op

revision = "payments_0012"
down_revision = "payments_0011"
branch_labels = None
depends_on = None

ORDER = "trade.order"
PURPOSE_FORM = "purpose ~ '^[a-z][a-z0-9_]{0,29}[.][a-z][a-z0-9_]{0,29}$'"


def upgrade() -> None:
    _payables()
    _payments()
    _shares()
    _refunds()
    _ledger()
    _differences()
    _events()


def _payables() -> None:
    op.execute(
        "insert into payments.payable (order_id, opened_at) select order_id, min(created_at) from payments.payment"
        " group by order_id on conflict do nothing"
    )
    _rename("payable", "order_id", "id")
    _add("payable", sa.Column("purpose", sa.Text(), nullable=False, server_default=ORDER))
    _add("payable", sa.Column("instalment", sa.SmallInteger(), nullable=False, server_default="1"))
    op.add_column("payable", sa.Column("subject_id", sa.Uuid(), nullable=True), schema="payments")
    op.execute("update payments.payable set subject_id = id")
    op.alter_column("payable", "subject_id", nullable=False, schema="payments")
    _check("payable", "purpose_form", PURPOSE_FORM)
    _check("payable", "instalment_counted", "instalment >= 1")
    columns = ["subject_id", "purpose", "instalment"]
    op.create_unique_constraint(op.f("uq_payable_subject_id_purpose_instalment"), "payable", columns, schema="payments")


def _payments() -> None:
    _rename("payment", "order_id", "payable_id")
    op.execute("alter index payments.ix_payment_order_id rename to ix_payment_payable_id")
    op.create_foreign_key(
        op.f("fk_payment_payable_id"),
        "payment",
        "payable",
        ["payable_id"],
        ["id"],
        source_schema="payments",
        referent_schema="payments",
    )


_SHARES_SUM = """
create function payments.check_payment_shares() returns trigger language plpgsql as $$
declare
    the_payment uuid;
    paid bigint;
    shared bigint;
begin
    if tg_table_name = 'payment' then
        the_payment := new.id;
    elsif tg_op = 'DELETE' then
        the_payment := old.payment_id;
    else
        the_payment := new.payment_id;
    end if;
    select amount_fen into paid from payments.payment where id = the_payment;
    select coalesce(sum(amount_fen), 0) into shared from payments.payment_share where payment_id = the_payment;
    if paid <> shared then
        raise exception 'payment % is of % fen and has shares of % fen', the_payment, paid, shared
            using errcode = 'check_violation', constraint = 'payment_shares';
    end if;
    return null;
end $$
"""
_SHARES_TRIGGER = """
create constraint trigger payment_shares after {changes} on payments.{table}
    deferrable initially deferred for each row execute function payments.check_payment_shares()
"""


def _shares() -> None:
    op.create_table(
        "payment_share",
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("subject_number", sa.Text(), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("refund_reserved_fen", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("refunded_fen", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_payment_share_amount_positive")),
        sa.CheckConstraint(
            "refund_reserved_fen between 0 and amount_fen", name=op.f("ck_payment_share_refunds_within_share")
        ),
        sa.CheckConstraint(
            "refunded_fen between 0 and refund_reserved_fen", name=op.f("ck_payment_share_refunded_was_reserved")
        ),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.payment.id"], name=op.f("fk_payment_share_payment_id")),
        sa.PrimaryKeyConstraint("payment_id", "subject_id", name=op.f("pk_payment_share")),
        schema="payments",
    )
    op.execute(
        "insert into payments.payment_share (payment_id, subject_id, subject_number, merchant_id, amount_fen,"
        "  refund_reserved_fen, refunded_fen)"
        " select id, payable_id, order_number, merchant_id, amount_fen, refund_reserved_fen, refunded_fen"
        " from payments.payment"
    )
    op.create_index(
        op.f("ix_payment_share_subject_id"), "payment_share", ["subject_id"], unique=False, schema="payments"
    )
    for column in ("order_number", "merchant_id", "refunded_fen", "refund_reserved_fen"):
        op.drop_column("payment", column, schema="payments")
    op.execute(_SHARES_SUM)
    op.execute(_SHARES_TRIGGER.format(table="payment", changes="insert or update of amount_fen"))
    changes = "insert or delete or update of payment_id, amount_fen"
    op.execute(_SHARES_TRIGGER.format(table="payment_share", changes=changes))


def _refunds() -> None:
    _rename("refund", "order_id", "subject_id")
    op.drop_constraint("fk_refund_payment_id", "refund", schema="payments")
    op.create_foreign_key(
        op.f("fk_refund_payment_id_subject_id"),
        "refund",
        "payment_share",
        ["payment_id", "subject_id"],
        ["payment_id", "subject_id"],
        source_schema="payments",
        referent_schema="payments",
    )


_BALANCE = """
create or replace function payments.check_entry_balance() returns trigger language plpgsql as $$
declare
    total bigint;
begin
    select sum(amount_fen) into total from payments.entry
    where kind = new.kind and fact_id = new.fact_id and subject_id = new.subject_id;
    if total <> 0 then
        raise exception 'ledger transaction % % is out of balance by % fen', new.kind, new.fact_id, total
            using errcode = 'check_violation', constraint = 'entry_balance';
    end if;
    return null;
end $$
"""


def _ledger() -> None:
    """No row is written: what a booking was about, and for which order, only get other names."""
    op.drop_constraint("uq_entry_kind_subject_id_account", "entry", schema="payments")
    _rename("entry", "subject_id", "fact_id")
    _rename("entry", "order_id", "subject_id")
    op.execute("alter index payments.ix_entry_order rename to ix_entry_subject")
    _add("entry", sa.Column("purpose", sa.Text(), nullable=False, server_default=ORDER))
    _check("entry", "purpose_form", PURPOSE_FORM)
    columns = ["kind", "fact_id", "subject_id", "account"]
    op.create_unique_constraint(op.f("uq_entry_kind_fact_id_subject_id_account"), "entry", columns, schema="payments")
    op.execute(_BALANCE)


def _differences() -> None:
    _rename("reconciliation_difference", "order_id", "subject_id")
    _rename("reconciliation_difference", "order_number", "subject_number")
    op.add_column("reconciliation_difference", sa.Column("purpose", sa.Text(), nullable=True), schema="payments")
    op.execute(
        "update payments.reconciliation_difference set purpose = 'trade.order',"
        " subject_number = coalesce(subject_number, '') where subject_id is not null"
    )
    _check("reconciliation_difference", "subject_whole", "num_nulls(purpose, subject_id, subject_number) in (0, 3)")


_EVENTS = """
update payments.{table} set name = replace(name, '.v1', '.v2'), payload = ((payload::jsonb - 'order_id')
    || jsonb_build_object('purpose', 'trade.order', 'subject_id', payload::jsonb -> 'order_id')
    || case when name = 'payments.payment_succeeded.v1' then jsonb_build_object('instalment', 1) else '{{}}' end)::text
where name in ('payments.payment_succeeded.v1', 'payments.refund_succeeded.v1', 'payments.refund_abnormal.v1')
"""


def _events() -> None:
    """Those that wait and those that are kept say what later ones say, under the same ids: no former one is left."""
    for table in ("outbox", "event_archive"):
        op.execute(_EVENTS.format(table=table))


def _rename(table: str, column: str, name: str) -> None:
    op.alter_column(table, column, new_column_name=name, schema="payments")


def _add(table: str, column: "sa.Column[object]") -> None:
    """The default is of the rows that are there."""
    op.add_column(table, column, schema="payments")
    op.alter_column(table, column.name, server_default=None, schema="payments")


def _check(table: str, name: str, condition: str) -> None:
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition, schema="payments")
