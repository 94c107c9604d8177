from abc import abstractmethod
from uuid import UUID

from chengtuan.modules.trade.facade.contracts import LinkCard, NewParcel, OrderSnapshot, SentParcel
from chengtuan.platform.facades import Facade, operation


class TradeFacade(Facade):
    """Campaigns, groups, stock and orders."""

    module = "trade"

    @operation
    @abstractmethod
    async def get_order(self, *, order_id: UUID) -> OrderSnapshot:
        """For modules that deliver or support orders; they check who asks. Raises OrderNotFound."""

    @operation
    @abstractmethod
    async def send_parcel(self, *, parcel: NewParcel) -> SentParcel:
        """The merchant hands a parcel over; the last one ships the order. Repeated, it answers what it answered.

        Raises OrderNotFound (also for another merchant's order), WrongOrderState, FewerPiecesLeft, TooManyParcels.
        """

    @operation
    @abstractmethod
    async def correct_parcel(
        self, *, order_id: UUID, merchant_id: UUID, parcel_id: UUID, carrier_code: str, tracking_no: str
    ) -> None:
        """A parcel that was sent has another number. Repeating it with the same one changes nothing.

        Raises OrderNotFound (also for another merchant's order), WrongOrderState.
        """

    @operation
    @abstractmethod
    async def show_product_link(self, *, product_id: UUID) -> LinkCard | None:
        """What a link to a product says; None for what nobody can buy: unknown, never or no longer on the shelf."""

    @operation
    @abstractmethod
    async def show_group_link(self, *, group_id: UUID) -> LinkCard | None:
        """What a link to a group says; None for drafts, and once it is over for goods that left the shelf."""

    @operation
    @abstractmethod
    async def show_flash_sale_link(self, *, sale_id: UUID) -> LinkCard | None:
        """What a link to a flash sale says; None for one that is unknown or over."""
