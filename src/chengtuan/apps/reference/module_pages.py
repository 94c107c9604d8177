"""The pages about modules: who they are, facades, events, jobs, state machines."""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import timedelta
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, get_type_hints

from chengtuan.apps.reference.contracts import contracts, own_doc
from chengtuan.apps.reference.description import Described
from chengtuan.apps.reference.markdown import code, codes, page, paragraph, table, type_name
from chengtuan.apps.topology import FOLDER, load_topology
from chengtuan.kernel.state_machine import StateMachine
from chengtuan.platform.events import Event, declared_events
from chengtuan.platform.facades import Facade, operations_of
from chengtuan.platform.job_handlers import Periodic, Task, Timer
from chengtuan.platform.module import ModuleManifest


def modules_page(product: Described) -> str:
    manifests = product.composition.manifests
    topologies = [load_topology(path.stem) for path in sorted(FOLDER.glob("*.toml"))]
    rows = [
        (
            code(manifest.name),
            _purpose(manifest),
            codes(facade.module for facade in manifest.needs),
            codes(sorted({event.wire_name.split(".")[0] for event in manifest.subscribes})),
            ", ".join(
                f"{topology.name}: {next(p.name for p in topology.processes if manifest.name in p.modules)}"
                for topology in topologies
            ),
        )
        for manifest in manifests
    ]
    return page(
        "Modules",
        "Lowest first. A module calls the facades of the modules it needs, hears the events of those it listens to, "
        "and knows nothing of the ones below it in this table.",
        table(("module", "purpose", "calls", "hears", "process in each topology"), rows),
    )


def facades_page(product: Described) -> str:
    parts = [
        f"## {facade.__name__}\n\n{paragraph(facade.__doc__)} Called by: {_callers(product, facade)}.\n\n"
        f"{_operations(facade)}\n\n{contracts(facade)}".rstrip()
        for facade in (manifest.facade for manifest in product.composition.manifests)
        if facade is not None
    ]
    return page(
        "Facades",
        "What modules offer each other: async, keyword-only, with plain dataclasses; in one process a function call, "
        "between processes a signed POST. Calling one while a transaction is open is refused.",
        *parts,
    )


def events_page(product: Described) -> str:
    parts = [
        _event(product, kind)
        for _, kind in sorted(declared_events().items())
        if kind.__module__.startswith("chengtuan.")
    ]
    return page(
        "Events",
        "Stored in the outbox with the fact itself, delivered at least once, in order of the key; "
        "the consumer's inbox makes it one effect.",
        *parts,
    )


def jobs_page(product: Described) -> str:
    rows = [
        (code(name), code(job.kind), type(job).__name__.lower(), _rhythm(job), _use_case_doc(module.manifest, job.kind))
        for name, module in product.composition.running.items()
        for job in sorted(module.built.jobs, key=lambda job: job.kind)
    ]
    return page(
        "Jobs",
        "Rows that fall due. A *timer* runs inside the transaction that claims it; a *task* runs outside any "
        "transaction under a lease and is repeated until it returns; a *periodic* task falls due again.",
        table(("module", "kind", "type", "rhythm", "what"), rows),
    )


def states_page(product: Described) -> str:
    parts = [
        f"## {manifest.name}: {name.removesuffix('_STATES').lower()}\n\n{_machine(machine)}"
        for manifest in product.composition.manifests
        for name, machine in _machines(manifest)
    ]
    return page("States", "State machines are tables in code; SQL takes its conditions from them.", *parts)


def _purpose(manifest: ModuleManifest) -> str:
    """The first paragraph after the title of the module's README."""
    readme = Path(importlib.import_module(manifest.package).__path__[0]) / "README.md"
    paragraphs = readme.read_text(encoding="utf-8").split("\n\n") if readme.is_file() else []
    return paragraph(paragraphs[1]) if len(paragraphs) > 1 else ""


def _callers(product: Described, facade: type[Facade]) -> str:
    callers = [manifest.name for manifest in product.composition.manifests if facade in manifest.needs]
    return codes(callers) or "the composition only"


def _operations(facade: type[Facade]) -> str:
    rows = []
    for name, method in operations_of(facade):
        hints = get_type_hints(method)
        arguments = ", ".join(f"{key}: {type_name(kind)}" for key, kind in hints.items() if key != "return")
        rows.append((code(name), code(arguments), code(type_name(hints["return"])), paragraph(method.__doc__)))
    return table(("operation", "arguments", "answer", "what"), rows)


def _event(product: Described, kind: type[Event]) -> str:
    consumers = [manifest.name for manifest in product.composition.manifests if kind in manifest.subscribes]
    hints = get_type_hints(kind)
    rows = [(code(field.name), code(type_name(hints[field.name]))) for field in fields(_as_dataclass(kind))]
    return "\n\n".join(
        text
        for text in (
            f"## {kind.__name__}",
            (
                f"{code(kind.wire_name)}, in order per {code(kind.key_field)}. "
                f"Emitted in {codes(_emitters(kind)) or 'no place yet'}; heard by {codes(consumers) or 'nobody yet'}."
            ),
            paragraph(own_doc(kind)),
            table(("field", "type"), rows),
        )
        if text
    )


def _as_dataclass(kind: type[Event]) -> Any:
    return kind


def _emitters(kind: type[Event]) -> list[str]:
    """The files of the owning module that make such an event."""
    package = importlib.import_module(".".join(kind.__module__.split(".")[:3])).__path__[0]
    made = re.compile(rf"\b{kind.__name__}\(")
    files = sorted(Path(package).rglob("*.py"))
    return [
        str(file.relative_to(Path(package).parent))
        for file in files
        if "facade" not in file.parts and made.search(file.read_text(encoding="utf-8"))
    ]


def _rhythm(job: Timer | Task | Periodic) -> str:
    if isinstance(job, Timer):
        return "when due"
    if isinstance(job, Periodic):
        return f"every {_span(job.every)}"
    return f"when due, lease {_span(job.lease)}"


def _span(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    return f"{seconds // 3600} h" if seconds % 3600 == 0 else f"{seconds} s"


def _use_case_doc(manifest: ModuleManifest, kind: str) -> str:
    """A job is called after the use case or the move that does it."""
    for module in _modules(manifest.package, "usecases", "moves"):
        use_case = getattr(module, kind, None)
        if inspect.isfunction(use_case) and use_case.__module__ == module.__name__:
            return paragraph(use_case.__doc__ or module.__doc__)
    return ""


def _machines(manifest: ModuleManifest) -> Iterator[tuple[str, StateMachine[Any, Any]]]:
    for module in _modules(manifest.package, "rules", "states"):
        for name, value in vars(module).items():
            if isinstance(value, StateMachine) and name in inspect.getsource(module):
                yield name, value


@cache
def _modules(package: str, *rooms: str) -> list[ModuleType]:
    """What lies in the rooms of that name, at the top of a module or in one of its packages."""
    parent = importlib.import_module(package)
    names = sorted(each.name for each in pkgutil.walk_packages(parent.__path__, f"{package}."))
    return [importlib.import_module(name) for name in names if {*rooms} & {*name.split(".")[3:]}]


def _machine(machine: StateMachine[Any, Any]) -> str:
    steps = [
        (action, sorted(transition.sources), transition.target) for action, transition in machine.transitions().items()
    ]
    rows = [(code(action), codes(sources), code(target)) for action, sources, target in steps]
    arrows = [f"    {source} --> {target}: {action}" for action, sources, target in steps for source in sources]
    diagram = "\n".join(["```mermaid", "stateDiagram-v2", *arrows, "```"])
    return f"{table(('action', 'allowed in', 'leads to'), rows)}\n\n{diagram}"
