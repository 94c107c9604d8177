"""`python -m benchmarks.peers` (`make bench-peers`): other shops and ours, on one machine, in one run."""

import argparse
import secrets
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.generator import LoadFailed, Pace
from benchmarks.pages import put_into
from benchmarks.peers import ours
from benchmarks.peers.measure import How, measure_peer
from benchmarks.peers.oscar import Oscar
from benchmarks.peers.peer import Peer
from benchmarks.peers.pretix import Pretix
from benchmarks.peers.redis import find_redis, serve
from benchmarks.peers.site import PeerFailed, Site
from benchmarks.peers.table import Shop, as_markdown, beside, show, write
from benchmarks.peers.vendure import Vendure
from benchmarks.results import commit_of
from benchmarks.system import System, fresh_system
from benchmarks.table import machine
from chengtuan.apps.embedded.databases import create_database
from tests.support.ports import free_port

RESULTS = Path(__file__).parents[1] / "results" / "peers.json"
README = Path(__file__).parent / "README.md"
PEERS: tuple[type[Peer], ...] = (Oscar, Pretix, Vendure)
_CLIENTS = (8, 64)


def main(words: Sequence[str] | None = None) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that servers are ended, and data is removed
    arguments = _arguments(words)
    home = arguments.home or Path(tempfile.gettempdir()) / "chengtuan-peers"
    chosen = [kind() for kind in PEERS if not arguments.only or kind.name in arguments.only]
    programs = find_redis(home / "redis")
    for peer in chosen:
        print(f"installing {peer.title} {peer.version} into {home / peer.name} …", flush=True)
        peer.install(home / peer.name)
    if arguments.install:
        return
    with (
        tempfile.TemporaryDirectory(prefix="chengtuan-peers-") as data,
        fresh_system(Path(data), port=arguments.port) as system,
    ):
        about = machine(system.cluster.programs.binaries.version)
        print(about, flush=True)
        shops = _measure_all(system, chosen, home, programs, arguments)
    print(f"\n{show(shops)}")
    if not (arguments.only or arguments.workload) or arguments.out:
        write(arguments.out or RESULTS, shops, machine=about, commit=commit_of(Path(__file__).parents[2]))
    if not (arguments.only or arguments.workload or arguments.out):
        put_into(README, "bench-peers", as_markdown(shops))


def _measure_all(
    system: System, chosen: Sequence[Peer], home: Path, redis: Path, arguments: argparse.Namespace
) -> list[Shop]:
    """Ours is measured again just before each peer: whatever else the machine does has changed by then."""
    theirs = [Pace(clients, arguments.warmup, arguments.seconds) for clients in _CLIENTS]
    how = How(theirs, arguments.arrangements, arguments.workload or [], arguments.units)
    own = [Pace(clients, arguments.warmup / 2, arguments.seconds / 2) for clients in _CLIENTS]
    shops = []
    with ours.running(system, own, len(chosen)) as shop:
        crowd = shop.crowd()
        print(f"{ours.TITLE}: {crowd}", flush=True)
        for number, peer in enumerate(chosen):
            found = shop.measure(own)
            print(ours.TITLE, {name: round(each.rps) for name, each in found.items()}, flush=True)
            site = _site(system, peer, home, number, arguments.port)
            try:
                best, left = measure_peer(peer, site, serve(redis, site.redis_port, site.data), how)
            except (PeerFailed, LoadFailed) as problem:
                print(f"{peer.title}: {problem}", file=sys.stderr, flush=True)
                continue
            shops.append(Shop(peer.name, peer.title, peer.version, beside(peer.name, peer.version, best, found), left))
    return [*shops, Shop("chengtuan", ours.TITLE, "", [], crowd)]


def _site(system: System, peer: Peer, home: Path, number: int, first: int | None) -> Site:
    data = system.data / peer.name
    data.mkdir()
    create_database(system.cluster, peer.name)
    port = first + 2 + 2 * number if first else free_port()
    return Site(peer.name, home / peer.name, data, system.cluster, port, port + 1, secrets.token_hex(16))


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=[kind.name for kind in PEERS], help="these peers only")
    parser.add_argument("--workload", nargs="+", help="these workloads only")
    parser.add_argument(
        "--seconds", type=float, default=4.0, help="how long each try is measured (default 4; ours half)"
    )
    parser.add_argument("--units", type=int, help="of theirs, so many instead: on a busy machine, for what one costs")
    parser.add_argument("--arrangements", type=int, default=3, help="how many arrangements of processes are tried (3)")
    parser.add_argument("--warmup", type=float, default=1.0, help="seconds of the same before (default 1)")
    parser.add_argument(
        "--home", type=Path, help="where the peers are installed (default: a temporary folder that stays)"
    )
    parser.add_argument("--install", action="store_true", help="only install them")
    parser.add_argument("--port", type=int, help="the first of ten ports (default: free ones)")
    parser.add_argument("--out", type=Path, help=f"the file to write (a whole run: {RESULTS.name})")
    return parser.parse_args(words)


if __name__ == "__main__":
    main()
