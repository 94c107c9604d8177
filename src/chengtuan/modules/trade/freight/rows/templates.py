"""Freight templates with their zones, read and written as one thing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from psycopg.errors import ForeignKeyViolation, UniqueViolation

from chengtuan.kernel.editors import Editor
from chengtuan.modules.trade.freight.problems import FreightNameTaken
from chengtuan.modules.trade.pricing.rules.freight import FreightUnit, Template, Zone
from chengtuan.platform.database import ReadSession, WriteSession
from chengtuan.platform.inserting import insert
from chengtuan.platform.permissions import Scope

ZONE_COLUMNS: LiteralString = (
    "t.id as template_id, t.merchant_id, t.name, t.unit, t.version, z.position, z.first_units, z.first_fen,"
    " z.further_units, z.further_fen, z.free_from_fen, z.free_from_pieces,"
    " array(select r.province_code from freight_region r where r.template_id = t.id and r.position = z.position"
    "  order by 1) as regions,"
    " array(select r.province_code from freight_region r where r.template_id = t.id and r.position is null"
    "  order by 1) as undelivered"
)
"""One row a zone, of a template `t` and its zone `z`: whoever reads in one statement never sees half an edit."""
_FROM: LiteralString = " from freight_template t join freight_zone z on z.template_id = t.id"
_SELECT: LiteralString = "select " + ZONE_COLUMNS + _FROM


@dataclass(frozen=True, slots=True)
class ZoneRow:
    template_id: UUID
    merchant_id: UUID
    name: str
    unit: str
    version: int
    position: int
    first_units: int
    first_fen: int
    further_units: int
    further_fen: int
    free_from_fen: int | None
    free_from_pieces: int | None
    regions: list[str]
    undelivered: list[str]


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """A template as its merchant edits it."""

    merchant_id: UUID
    name: str
    version: int
    terms: Template

    @property
    def id(self) -> UUID:
        return self.terms.id


def templates_of(rows: Iterable[ZoneRow]) -> dict[UUID, TemplateRow]:
    """Templates by their ids, zones in the order of their positions."""
    zones: dict[UUID, dict[int, ZoneRow]] = {}
    for row in rows:
        zones.setdefault(row.template_id, {})[row.position] = row
    return {
        template_id: _template([found[position] for position in sorted(found)]) for template_id, found in zones.items()
    }


def _template(rows: Sequence[ZoneRow]) -> TemplateRow:
    first = rows[0]
    terms = Template(
        first.template_id, FreightUnit(first.unit), tuple(_zone(row) for row in rows), frozenset(first.undelivered)
    )
    return TemplateRow(first.merchant_id, first.name, first.version, terms)


def _zone(row: ZoneRow) -> Zone:
    return Zone(
        frozenset(row.regions),
        row.first_units,
        row.first_fen,
        row.further_units,
        row.further_fen,
        row.free_from_fen,
        row.free_from_pieces,
    )


@dataclass(frozen=True, slots=True)
class TemplateUse:
    """What stands beside a template's terms. `edited_by` None: whoever wrote it is not known."""

    template_id: UUID
    products: int
    is_default: bool
    edited_at: datetime
    edited_by: str | None


_USE: LiteralString = (
    "select t.id as template_id, (select count(*) from product_freight p where p.template_id = t.id) as products,"
    " exists (select from freight_default d where d.template_id = t.id) as is_default, t.updated_at as edited_at,"
    " t.staff_name as edited_by from freight_template t"
)
_PAGE: LiteralString = (
    " where t.id in (select f.id from freight_template f where (%(all_merchants)s or f.merchant_id = %(merchant)s)"
    " and (%(name)s::text is null or (f.name, f.id) > (%(name)s, %(id)s::uuid)) order by f.name, f.id limit %(limit)s)"
)


async def list_templates(
    db: ReadSession, scope: Scope, *, after: tuple[str, UUID] | None, limit: int
) -> list[tuple[TemplateRow, TemplateUse]]:
    """By name."""
    name, template_id = after or (None, None)
    page = scope.params() | {"name": name, "id": template_id, "limit": limit}
    rows, uses = await db.fetch_each(
        (ZoneRow, _SELECT + _PAGE + " order by t.name, t.id", page), (TemplateUse, _USE + _PAGE, page)
    )
    used = {use.template_id: use for use in uses}
    return [(row, used[row.id]) for row in templates_of(rows).values() if row.id in used]


async def use_of_template(db: ReadSession | WriteSession, template_id: UUID) -> TemplateUse | None:
    return await db.fetch_one(TemplateUse, _USE + " where t.id = %s", (template_id,))


async def find_template(db: ReadSession | WriteSession, template_id: UUID) -> TemplateRow | None:
    rows = await db.fetch_all(ZoneRow, _SELECT + " where t.id = %s", (template_id,))
    return templates_of(rows).get(template_id)


async def count_templates(tx: WriteSession, merchant_id: UUID) -> int:
    return int(await tx.fetch_value("select count(*) from freight_template where merchant_id = %s", (merchant_id,)))


async def insert_template(tx: WriteSession, row: TemplateRow, editor: Editor) -> bool:
    """False, and nothing done, if the merchant has one of this name."""
    inserted = await tx.execute(
        "insert into freight_template (id, merchant_id, name, unit, version, updated_at, staff_id, staff_name)"
        " values (%(id)s, %(merchant)s, %(name)s, %(unit)s, %(version)s, %(now)s, %(staff)s, %(staff_name)s)"
        " on conflict (merchant_id, name) do nothing",
        {
            "id": row.id,
            "merchant": row.merchant_id,
            "name": row.name,
            "unit": row.terms.unit.value,
            "version": row.version,
            "now": tx.clock.now(),
            "staff": editor.staff_id,
            "staff_name": editor.name,
        },
    )
    if inserted:
        await _insert_zones(tx, row.terms)
    return bool(inserted)


async def replace_template(tx: WriteSession, row: TemplateRow, editor: Editor) -> bool:
    """Store the version after `row.version`. False if that is not what stands there (any more).

    Raises FreightNameTaken if the merchant has another one of this name.
    """
    try:
        async with tx.savepoint():
            changed = await tx.execute(
                "update freight_template set name = %s, version = version + 1, updated_at = %s, staff_id = %s,"
                " staff_name = %s where id = %s and merchant_id = %s and version = %s",
                (row.name, tx.clock.now(), editor.staff_id, editor.name, row.id, row.merchant_id, row.version),
            )
    except UniqueViolation as error:
        raise FreightNameTaken from error
    if changed:
        await _delete_zones(tx, row.id)
        await _insert_zones(tx, row.terms)
    return bool(changed)


async def delete_template(tx: WriteSession, template_id: UUID) -> bool:
    """With its zones. False, and nothing done, while a product is sent by it, also by who chose it a moment ago."""
    try:
        async with tx.savepoint():
            await tx.execute("delete from freight_default where template_id = %s", (template_id,))
            await _delete_zones(tx, template_id)
            await tx.execute("delete from freight_template where id = %s", (template_id,))
    except ForeignKeyViolation:
        return False
    return True


async def _delete_zones(tx: WriteSession, template_id: UUID) -> None:
    await tx.execute("delete from freight_region where template_id = %s", (template_id,))
    await tx.execute("delete from freight_zone where template_id = %s", (template_id,))


@dataclass(frozen=True, slots=True)
class _ZoneRecord:
    template_id: UUID
    position: int
    first_units: int
    first_fen: int
    further_units: int
    further_fen: int
    free_from_fen: int | None
    free_from_pieces: int | None


@dataclass(frozen=True, slots=True)
class _RegionRecord:
    template_id: UUID
    province_code: str
    position: int | None


async def _insert_zones(tx: WriteSession, terms: Template) -> None:
    """Everywhere else is at position 0; the others keep the order in which they were given."""
    placed = list(enumerate(sorted(terms.zones, key=lambda zone: bool(zone.regions))))
    zones = [
        _ZoneRecord(
            terms.id,
            position,
            zone.first_units,
            zone.first_fen,
            zone.further_units,
            zone.further_fen,
            zone.free_from_fen,
            zone.free_from_pieces,
        )
        for position, zone in placed
    ]
    regions = [_RegionRecord(terms.id, code, position) for position, zone in placed for code in sorted(zone.regions)]
    regions += [_RegionRecord(terms.id, code, None) for code in sorted(terms.undelivered)]
    await insert(tx, "freight_zone", zones)
    await insert(tx, "freight_region", regions)
