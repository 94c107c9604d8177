"""What `trade` reads from the environment."""

from pydantic import Field

from chengtuan.platform.settings import Settings


class TradeSettings(Settings):
    """How a crowd is let into flash sales."""

    flash_holds_per_second: float = Field(default=500, gt=0, le=100_000)
    """People whom one flash sale lets in in a second, all processes together; the others are told how long they wait.
    Sales do not wait for each other."""
    flash_tickets_per_address: int = Field(default=3000, ge=1, le=10_000_000)
    """Tickets of flash sales that one network address may ask for in a minute before devices there have to work for
    them. Many people share an address, so nobody is refused for it."""
