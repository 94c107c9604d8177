"""Daily bills, written from the sandbox's own ledger, and what a test wants to be wrong in them."""

import gzip
import hashlib
import json
import secrets
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from chengtuan.kernel.clock import SHANGHAI

from .bill_file import FileRow, bill_file
from .credentials import Credentials
from .refusals import Refusal, bad_parameter, invalid_request
from .sandbox_time import SandboxTime
from .store import Row, Store

READY_AT = time(10, 0)
"""Of the next day in China."""
KEPT = timedelta(days=90)
_LINK_VALID_S = 300
_REFUND_WORDS = {"SUCCESS": "SUCCESS", "PROCESSING": "PROCESSING", "ABNORMAL": "CHANGE", "CLOSED": "FAIL"}


class PlantKind(StrEnum):
    """What is wrong in a bill. `number` is the out_trade_no of a payment's row, or the out_refund_no of a refund's."""

    DROP_ROW = "drop_row"
    CHANGE_AMOUNT = "change_amount"
    CHANGE_REFUND_STATUS = "change_refund_status"
    DUPLICATE_ROW = "duplicate_row"
    FOREIGN_PAYMENT = "foreign_payment"
    FOREIGN_REFUND = "foreign_refund"
    WRONG_TOTALS = "wrong_totals"
    WRONG_HASH = "wrong_hash"
    EMPTY_BILL = "empty_bill"
    CUT_OFF = "cut_off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    kind: PlantKind
    number: str | None = None
    amount_fen: int = 0
    status: str | None = None


class Bills:
    def __init__(self, store: Store, time: SandboxTime, own: Credentials) -> None:
        self._store = store
        self._time = time
        self._own = own
        self._links: dict[str, tuple[bytes, float]] = {}

    def announce(self, day: date, link_base: str) -> dict[str, str]:
        """Where the day's bill can be fetched for five minutes, and what it must hash to. Refusal."""
        content = self._content(day)
        token = secrets.token_urlsafe(32)
        self._links[token] = (gzip.compress(content), self._time.now() + _LINK_VALID_S)
        announced = content + b" " if self._planted(day, PlantKind.WRONG_HASH) else content
        return {
            "hash_type": "SHA1",
            "hash_value": hashlib.sha1(announced, usedforsecurity=False).hexdigest(),
            "download_url": f"{link_base}/v3/billdownload/file?token={token}",
        }

    def fetch(self, token: str) -> bytes:
        """The packed file behind a link. Refusal."""
        now = self._time.now()
        self._links = {known: link for known, link in self._links.items() if link[1] > now}
        if token not in self._links:
            raise invalid_request("the link is wrong or too old")
        return self._links[token][0]

    def plant(self, day: date, plant: Plant) -> None:
        """From now on the day's bill has this fault as well."""
        content = json.dumps(asdict(plant))
        self._store.run("INSERT INTO bill_plant (bill_date, content) VALUES (?, ?)", day.isoformat(), content)

    def plants(self, day: date) -> list[Plant]:
        rows = self._store.all("SELECT content FROM bill_plant WHERE bill_date = ? ORDER BY id", day.isoformat())
        found = [json.loads(row["content"]) for row in rows]
        return [Plant(**content | {"kind": PlantKind(content["kind"])}) for content in found]

    def mend(self, day: date) -> None:
        """The day's bill is right again."""
        self._store.run("DELETE FROM bill_plant WHERE bill_date = ?", day.isoformat())

    def _planted(self, day: date, kind: PlantKind) -> Plant | None:
        return next((plant for plant in self.plants(day) if plant.kind is kind), None)

    def _content(self, day: date) -> bytes:
        self._check(day)
        rows = self._rows(day)
        empty = self._planted(day, PlantKind.EMPTY_BILL) is not None
        for plant in self.plants(day):
            rows = self._altered(day, rows, plant)
        if not rows and not empty:
            raise Refusal(400, "NO_STATEMENT_EXIST", "there is no such bill")
        wrong = self._planted(day, PlantKind.WRONG_TOTALS)
        content = bill_file([] if empty else rows, extra_in_totals_fen=wrong.amount_fen or 1 if wrong else 0)
        return content[: len(content) // 2] if self._planted(day, PlantKind.CUT_OFF) else content

    def _check(self, day: date) -> None:
        now = datetime.fromtimestamp(self._time.now(), SHANGHAI)
        if not now.date() - KEPT <= day < now.date():
            raise invalid_request("bill_date is in the last three months, and before today")
        if now < datetime.combine(day + timedelta(days=1), READY_AT, SHANGHAI):
            raise Refusal(400, "STATEMENT_CREATING", "the bill is being written")

    def _rows(self, day: date) -> list[FileRow]:
        """As they were when the bill was written: it is never written again."""
        kept = self._store.one("SELECT content FROM bill WHERE bill_date = ?", day.isoformat())
        if kept is not None:
            return [FileRow(**row) for row in json.loads(kept["content"])]
        rows = self._write(day)
        content = json.dumps([asdict(row) for row in rows])
        self._store.run("INSERT INTO bill (bill_date, content) VALUES (?, ?)", day.isoformat(), content)
        return rows

    def _write(self, day: date) -> list[FileRow]:
        begin = datetime.combine(day, time(), SHANGHAI).timestamp()
        end = datetime.combine(day + timedelta(days=1), time(), SHANGHAI).timestamp()
        payments = self._store.all(
            "SELECT *, success_time AS at FROM trade WHERE success_time >= ? AND success_time < ?", begin, end
        )
        refunds = self._store.all(
            "SELECT trade.*, refund.*, refund.amount_fen AS amount_fen, refund.created_at AS at"
            " FROM refund JOIN trade USING (out_trade_no) WHERE refund.created_at >= ? AND refund.created_at < ?",
            *(begin, end),
        )
        return [self._row(row) for row in sorted(payments + refunds, key=lambda row: float(row["at"]))]

    def _row(self, row: Row) -> FileRow:
        status = row.get("status")
        return FileRow(
            at=row["at"],
            appid=row["appid"],
            mchid=self._own.mchid,
            transaction_id=row["transaction_id"],
            out_trade_no=row["out_trade_no"],
            openid=row["payer_openid"] or "",
            trade_type=row["trade_type"],
            description=row["description"],
            attach=row["attach"] or "",
            amount_fen=row["amount_fen"],
            refund_id=row.get("refund_id"),
            out_refund_no=row.get("out_refund_no"),
            refund_status=_REFUND_WORDS[status] if status else None,
        )

    def _altered(self, day: date, rows: list[FileRow], plant: Plant) -> list[FileRow]:
        hits = [row for row in rows if row.number == plant.number]
        others = [row for row in rows if row.number != plant.number]
        if plant.kind is PlantKind.DROP_ROW:
            return others
        if plant.kind is PlantKind.CHANGE_AMOUNT:
            return others + [row.with_amount(plant.amount_fen) for row in hits]
        if plant.kind is PlantKind.CHANGE_REFUND_STATUS:
            return others + [replace(row, refund_status=plant.status) for row in hits]
        if plant.kind is PlantKind.DUPLICATE_ROW:
            return rows + hits
        if plant.kind in (PlantKind.FOREIGN_PAYMENT, PlantKind.FOREIGN_REFUND):
            return [*rows, self._foreign(day, plant)]
        return rows

    def _foreign(self, day: date, plant: Plant) -> FileRow:
        """Money that our merchant never asked for."""
        refund = plant.kind is PlantKind.FOREIGN_REFUND
        number = plant.number or "FOREIGN" + day.strftime("%Y%m%d")
        return FileRow(
            at=datetime.combine(day, time(12), SHANGHAI).timestamp(),
            appid=self._own.appid,
            mchid=self._own.mchid,
            transaction_id=f"4200{number}",
            out_trade_no=f"T{number}" if refund else number,
            openid="o" + "9" * 27,
            trade_type="JSAPI",
            description="somebody else's, apples",
            attach="",
            amount_fen=plant.amount_fen,
            refund_id=f"5030{number}" if refund else None,
            out_refund_no=number if refund else None,
            refund_status=(plant.status or "SUCCESS") if refund else None,
        )


def read_day(text: object) -> date:
    """Refusal for anything but yyyy-MM-dd."""
    try:
        return date.fromisoformat(str(text))
    except ValueError as error:
        raise bad_parameter("bill_date is yyyy-MM-dd") from error
