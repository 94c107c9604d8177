"""How much of something everybody together may hold in this process, and how much of it one of them."""

from collections import Counter

from chengtuan.kernel.problems import Overloaded, TooManyRequests


class Budget:
    """What is held at the moment: by everybody, and by each client."""

    def __init__(self, most: int, most_per_client: int) -> None:
        self._most = most
        self._most_per_client = most_per_client
        self._held: Counter[str] = Counter()
        self.held = 0

    def take(self, client: str, count: int) -> None:
        """Raises Overloaded, TooManyRequests; then nothing was taken."""
        if self._held[client] + count > self._most_per_client:
            raise TooManyRequests(retry_after_s=5)
        if self.held + count > self._most:
            raise Overloaded(retry_after_s=2)
        self._held[client] += count
        self.held += count

    def give_back(self, client: str, count: int) -> None:
        self.held -= count
        self._held[client] -= count
        if not self._held[client]:
            del self._held[client]
