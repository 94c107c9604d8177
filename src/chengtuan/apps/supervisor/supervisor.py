"""The set of children: started one after another, stopped in the reverse order."""

from collections.abc import Callable, Mapping
from pathlib import Path

from chengtuan.apps.supervisor.child import Child, ChildSpec


class Supervisor:
    """Runs children whose output goes to `logs`/NAME.log; news about them go to `say`."""

    def __init__(self, logs: Path, say: Callable[[str], None]) -> None:
        self._logs = logs
        self._say = say
        self._children: dict[str, Child] = {}

    async def start(self, spec: ChildSpec) -> None:
        """Starts a child, waits until it is ready and keeps it alive from then on.

        Raises `SetupProblem` when it does not become ready.
        """
        child = Child(spec, self._logs / f"{spec.name}.log", self._say)
        self._children[spec.name] = child
        await child.start()

    async def stop_all(self) -> None:
        """Stops every child, the last one started first, so that nobody loses what it stands on."""
        while self._children:
            _, child = self._children.popitem()
            await child.stop()

    @property
    def pids(self) -> Mapping[str, int | None]:
        """The process ids by name; None while a child is down."""
        return {name: child.pid for name, child in self._children.items()}
