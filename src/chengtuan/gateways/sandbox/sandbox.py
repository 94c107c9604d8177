"""The sandbox as one object: its parts, put together."""

import httpx

from chengtuan.gateways.http_transport import PlainClient
from chengtuan.kernel.clock import Clock

from .courier import Courier, Watch
from .credentials import initialise, load_credentials
from .faults import Faults
from .merchant_gate import MerchantGate
from .mini_accounts import MiniAccounts
from .notices import Notices
from .platform_identity import PlatformIdentity, SigningMode
from .refunds import Refunds
from .sandbox_time import SandboxTime
from .settings import SandboxSettings
from .sms_inbox import SmsInbox
from .store import Store
from .trades import Trades


class Sandbox:
    """Everything it knows is in the folder of its settings; `close` and a kill leave the same behind."""

    def __init__(self, settings: SandboxSettings, clock: Clock, callback_http: httpx.AsyncClient | None = None) -> None:
        initialise(settings.data_dir, public_url=settings.public_url)
        self.settings = settings
        self.credentials = load_credentials(settings.folder)
        self.store = Store(settings.folder / "ledger.sqlite3")
        self.time = SandboxTime(clock, self.store)
        self.faults = Faults(self.store)
        self.platform = PlatformIdentity(settings.folder, self.credentials.public_key_id)
        self.notices = Notices(self.store, self.faults, self.time, settings.retry_scale)
        self.trades = Trades(self.store, self.faults, self.notices, self.time, self.credentials)
        self.refunds = Refunds(
            store=self.store,
            faults=self.faults,
            notices=self.notices,
            time=self.time,
            own=self.credentials,
            settings=settings,
            trades=self.trades,
        )
        self.mini = MiniAccounts(self.store, self.time, self.credentials, self.trades)
        self.sms = SmsInbox(self.store, self.time)
        self.gate = MerchantGate(
            (settings.folder / "merchant_certificate.pem").read_text(), self.credentials, self.time
        )
        self._http = callback_http or PlainClient()
        self._owns_http = callback_http is None
        self.courier = Courier(self.notices, self.platform, self.credentials, self.time, self._http)
        self._watch = Watch(self._tick, self._outstanding, settings.poll_s)
        self._restore_signing()

    def wake(self) -> None:
        """Something was written that may be due; begin to deliver at once."""
        self.courier.start_fresh()
        self._watch.wake()

    async def deliver_due(self) -> int:
        """Let every timer ring that is due and deliver all due notices; how many attempts were made."""
        self._ring()
        return await self.courier.deliver_due()

    def use_signing(self, mode: SigningMode) -> None:
        self.platform.mode = mode
        self.store.run("INSERT OR REPLACE INTO state (name, value) VALUES ('signing', ?)", mode)

    async def close(self) -> None:
        await self._watch.close()
        await self.courier.close()
        if self._owns_http:
            await self._http.aclose()
        self.store.close()

    async def _tick(self) -> None:
        self._ring()
        self.courier.start_due()

    def _ring(self) -> None:
        self.trades.complete_due()
        self.refunds.settle_due()

    def _outstanding(self) -> bool:
        return self.notices.any_pending() or self.refunds.any_processing() or self.trades.any_late()

    def _restore_signing(self) -> None:
        row = self.store.one("SELECT value FROM state WHERE name = 'signing'")
        if row is not None:
            self.platform.mode = SigningMode(row["value"])
