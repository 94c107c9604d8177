"""The triggers that keep the ledger balanced and append-only."""

from alembic import op

revision = "payments_0002"
down_revision = "payments_0001"
branch_labels = None
depends_on = None

_BALANCE = """
create function payments.check_entry_balance() returns trigger language plpgsql as $$
declare
    total bigint;
begin
    select sum(amount_fen) into total from payments.entry
    where kind = new.kind and subject_id = new.subject_id;
    if total <> 0 then
        raise exception 'ledger transaction % % is out of balance by % fen', new.kind, new.subject_id, total
            using errcode = 'check_violation', constraint = 'entry_balance';
    end if;
    return null;
end $$
"""

_BALANCE_TRIGGER = """
create constraint trigger entry_balance after insert on payments.entry
    deferrable initially deferred for each row execute function payments.check_entry_balance()
"""

_APPEND_ONLY = """
create function payments.refuse_ledger_change() returns trigger language plpgsql as $$
begin
    raise exception 'the ledger is append-only: % refused', tg_op
        using errcode = 'check_violation', constraint = 'entry_append_only';
end $$
"""

_APPEND_ONLY_TRIGGER = """
create trigger entry_append_only before update or delete or truncate on payments.entry
    for each statement execute function payments.refuse_ledger_change()
"""


def upgrade() -> None:
    for statement in (_BALANCE, _BALANCE_TRIGGER, _APPEND_ONLY, _APPEND_ONLY_TRIGGER):
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: a downgrade would drop data")
