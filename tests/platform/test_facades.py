"""Every operation of every facade: in this process and over the network it is the same operation."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_type_hints

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chengtuan.apps.composition import Composition
from chengtuan.apps.registry import MANIFESTS
from chengtuan.kernel.clock import MovableClock, SystemClock
from chengtuan.kernel.problems import PartnerUnavailable, Problem, Unavailable, UnknownProblem
from chengtuan.modules.payments.facade import (
    Allowance,
    AllowanceKind,
    AllowanceRequest,
    Payable,
    PaymentRequest,
    Share,
)
from chengtuan.modules.trade.problems import PurchaseLimit, SoldOut
from chengtuan.platform.facades import (
    PREFIX,
    Facade,
    ProcessesDisagree,
    bind_local,
    bind_remote,
    facade_router,
    implement,
    operation,
    operations_of,
)
from chengtuan.platform.health import Part
from chengtuan.platform.http.problems import install_problem_handlers
from chengtuan.platform.signing import BadSignature, RequestSigner
from chengtuan.platform.transactions import CallInTransaction, transaction_scope
from tests.support.world import environment

KEY = b"0" * 32
AT = datetime(2026, 6, 1, tzinfo=UTC)
FACADES = [manifest.facade for manifest in MANIFESTS if manifest.facade is not None]
OPERATIONS = [
    pytest.param(facade, name, id=f"{facade.module}.{name}") for facade in FACADES for name, _ in operations_of(facade)
]
st.register_type_strategy(datetime, st.datetimes(timezones=st.just(UTC)))
_fen = st.integers(min_value=1)
_purposes = st.sampled_from(["trade.order", "club.membership"])
st.register_type_strategy(Allowance, st.builds(Allowance, kind=st.sampled_from(AllowanceKind), amount_fen=_fen))
st.register_type_strategy(AllowanceRequest, st.builds(AllowanceRequest, purpose=_purposes))
st.register_type_strategy(Payable, st.builds(Payable, purpose=_purposes, instalment=st.integers(1, 99)))
st.register_type_strategy(Share, st.builds(Share, amount_fen=_fen))
st.register_type_strategy(
    PaymentRequest,
    st.builds(
        PaymentRequest,
        shares=st.lists(st.from_type(Share), min_size=1, unique_by=lambda share: share.subject_id).map(tuple),
    ),
)
every_operation = pytest.mark.parametrize(("facade", "name"), OPERATIONS)
some_examples = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@dataclass
class Callee:
    """An implementation that notes what it is asked and answers what it is told to."""

    facade: type[Facade]
    answer: Any = None
    asked: list[dict[str, Any]] = field(default_factory=list)

    def implementation(self) -> Facade:
        async def operation(_: Any, **arguments: Any) -> Any:
            self.asked.append(arguments)
            if isinstance(self.answer, Exception):
                raise self.answer
            return self.answer

        body: dict[str, Callable[..., Any]] = {name: operation for name, _ in operations_of(self.facade)}
        made = type(f"Callee{self.facade.__name__}", (self.facade,), dict(body))()
        assert isinstance(made, Facade)
        return made


@dataclass
class Bindings:
    """Both ways to the same callee; `client` is the raw network."""

    local: Any
    remote: Any
    client: httpx.AsyncClient
    signer: RequestSigner
    clock: MovableClock


def bind(callee: Callee) -> Bindings:
    clock = MovableClock(AT)
    signer = RequestSigner(KEY, clock)
    app = FastAPI()
    install_problem_handlers(app)
    app.include_router(facade_router(callee.facade, callee.implementation(), signer))
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    client = httpx.AsyncClient(transport=transport, base_url="http://peer")
    return Bindings(
        bind_local(callee.facade, callee.implementation()),
        bind_remote(callee.facade, client, signer),
        client,
        signer,
        clock,
    )


def _hints(facade: type[Facade], name: str) -> tuple[dict[str, Any], Any]:
    hints = get_type_hints(getattr(facade, name))
    returns = hints.pop("return")
    return hints, returns


def _arguments(facade: type[Facade], name: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({field: st.from_type(hint) for field, hint in _hints(facade, name)[0].items()})


def _example(facade: type[Facade], name: str) -> dict[str, Any]:
    """Some arguments, the same in every run."""
    found: list[dict[str, Any]] = []

    @settings(max_examples=1, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(_arguments(facade, name))
    def take(arguments: dict[str, Any]) -> None:
        found.append(arguments)

    take()
    return found[0]


def test_every_module_with_a_facade_is_here() -> None:
    assert {facade.module for facade in FACADES} >= {"accounts", "merchants", "catalog", "payments", "trade"}
    assert len(OPERATIONS) >= 15


@every_operation
@some_examples
@given(data=st.data())
async def test_arguments_and_results_are_the_same_both_ways(
    facade: type[Facade], name: str, data: st.DataObject
) -> None:
    arguments = data.draw(_arguments(facade, name))
    result = data.draw(st.from_type(_hints(facade, name)[1]))
    callee = Callee(facade, result)
    bindings = bind(callee)
    answers = [await getattr(binding, name)(**arguments) for binding in (bindings.local, bindings.remote)]
    assert answers == [result, result]
    assert [type(answer) for answer in answers] == [type(result), type(result)]
    assert callee.asked == [arguments, arguments]


@every_operation
@pytest.mark.parametrize("problem", [PurchaseLimit("two at most", limit=2, taken=1), PartnerUnavailable()])
async def test_a_problem_arrives_as_itself_both_ways(facade: type[Facade], name: str, problem: Problem) -> None:
    bindings = bind(Callee(facade, problem))
    for binding in (bindings.local, bindings.remote):
        with pytest.raises(type(problem)) as raised:
            await getattr(binding, name)(**_example(facade, name))
        assert raised.value.extension == problem.extension
        assert (raised.value.detail or raised.value.title) == (problem.detail or problem.title)


@every_operation
async def test_no_call_is_made_with_a_transaction_open(facade: type[Facade], name: str) -> None:
    callee = Callee(facade)
    bindings = bind(callee)
    for binding in (bindings.local, bindings.remote):
        with transaction_scope(), pytest.raises(CallInTransaction, match=f"{facade.module}.{name}"):
            await getattr(binding, name)(**_example(facade, name))
    assert callee.asked == []


def _forgeries(bindings: Bindings, path: str, body: bytes) -> Iterator[tuple[str, dict[str, str], bytes]]:
    good = bindings.signer.sign(path, body)
    yield "unsigned", {}, body
    yield "another body", good, body + b" "
    yield "another operation", bindings.signer.sign(path + "x", body), body
    yield "another key", RequestSigner(b"1" * 32, bindings.clock).sign(path, body), body
    yield "not a number", good | {"x-internal-time": "soon"}, body
    for seconds in (301, -301):
        yield (
            f"{seconds} s off",
            RequestSigner(KEY, MovableClock(AT + timedelta(seconds=seconds))).sign(path, body),
            body,
        )


@every_operation
async def test_only_this_system_may_call(facade: type[Facade], name: str) -> None:
    callee = Callee(facade)
    bindings = bind(callee)
    path, body = f"{PREFIX}/{facade.module}/{name}", b"{}"
    for what, headers, sent in _forgeries(bindings, path, body):
        answer = await bindings.client.post(path, content=sent, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, BadSignature.code), what
    assert callee.asked == []
    for seconds in (0, 299, -299):
        signer = RequestSigner(KEY, MovableClock(AT + timedelta(seconds=seconds)))
        honest = await bindings.client.post(path, content=body, headers=signer.sign(path, body))
        assert honest.status_code != 401, "machines' clocks may differ so far"


@every_operation
async def test_a_crash_tells_the_caller_nothing_of_the_inside(facade: type[Facade], name: str) -> None:
    bindings = bind(Callee(facade, RuntimeError("password=hunter2")))
    with pytest.raises(RuntimeError):
        await getattr(bindings.local, name)(**_example(facade, name))
    with pytest.raises(UnknownProblem) as raised:
        await getattr(bindings.remote, name)(**_example(facade, name))
    assert "hunter2" not in f"{raised.value} {raised.value.detail} {raised.value.extension}"


@every_operation
async def test_a_peer_that_is_not_there_is_a_named_problem(facade: type[Facade], name: str) -> None:
    def refuse(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    client = httpx.AsyncClient(transport=httpx.MockTransport(refuse), base_url="http://peer")
    remote: Any = bind_remote(facade, client, RequestSigner(KEY, MovableClock(AT)))
    with pytest.raises(Unavailable) as raised:  # not a partner's: people would be told that WeChat is away
        await getattr(remote, name)(**_example(facade, name))
    assert raised.value.extension == {"retry_after_s": 2}


class Greeter(Facade):
    module = "greeter"

    @operation
    async def greet(self, *, name: str = "you") -> str:
        raise NotImplementedError


async def greet(ctx: dict[str, str], name: str) -> str:
    return f"{ctx['word']}, {name}"


async def test_a_use_case_implements_the_operation_of_its_name() -> None:
    greeter = implement(Greeter, {"word": "Hello"}, greet)
    assert [await greeter.greet(name="Ann"), await greeter.greet()] == ["Hello, Ann", "Hello, you"]


async def _others(ctx: dict[str, str], whom: str) -> str:
    return whom


async def _otherwise(ctx: dict[str, str], name: int) -> str:
    return str(name)


async def _silently(ctx: dict[str, str], name: str) -> None:
    return None


@pytest.mark.parametrize("wrong", [_others, _otherwise, _silently], ids=["arguments", "types", "result"])
def test_a_use_case_that_does_not_fit_its_operation_is_noticed_at_once(
    wrong: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wrong, "__name__", "greet")
    with pytest.raises(TypeError, match=r"Greeter\.greet"):
        implement(Greeter, {}, wrong)


@pytest.mark.parametrize("use_cases", [(), (greet, _others)], ids=["missing", "too many"])
def test_every_operation_has_one_use_case(use_cases: tuple[Callable[..., Any], ...]) -> None:
    with pytest.raises(TypeError, match="no one-to-one"):
        implement(Greeter, {}, *use_cases)


FACADE, NAME = FACADES[0], next(name for name, _ in operations_of(FACADES[0]))


async def test_processes_with_different_keys_are_no_fault_of_who_asked() -> None:
    """A 401 would sign a shopper out."""
    bindings = bind(Callee(FACADE, SoldOut(available=3)))
    understood = Part("calls")
    stranger: Any = bind_remote(FACADE, bindings.client, RequestSigner(b"1" * 32, bindings.clock), understood)
    with pytest.raises(ProcessesDisagree) as raised:
        await getattr(stranger, NAME)(**_example(FACADE, NAME))
    assert (raised.value.status, raised.value.extension) == (503, {"retry_after_s": 2})
    assert not understood.ok, "and it is seen in this process's health"
    honest: Any = bind_remote(FACADE, bindings.client, bindings.signer, understood)
    with pytest.raises(SoldOut):
        await getattr(honest, NAME)(**_example(FACADE, NAME))
    assert understood.ok


@pytest.mark.parametrize("status", [404, 405])
async def test_a_process_of_another_version_is_no_fault_of_who_asked(status: int) -> None:
    app = FastAPI()
    install_problem_handlers(app)
    if status == 405:
        app.add_api_route(f"{PREFIX}/{FACADE.module}/{NAME}", lambda: None, methods=["GET"])
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://peer")
    remote: Any = bind_remote(FACADE, client, RequestSigner(KEY, MovableClock(AT)))
    with pytest.raises(ProcessesDisagree):
        await getattr(remote, NAME)(**_example(FACADE, NAME))


@pytest.mark.parametrize("first", ["cut off", "clock"])
async def test_a_call_that_found_nobody_is_tried_again(first: str) -> None:
    bindings = bind(Callee(FACADE, SoldOut(available=3)))
    tries = 0

    class Shaky(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            nonlocal tries
            tries += 1
            if tries == 1 and first == "cut off":
                raise httpx.RemoteProtocolError("reset")
            if tries == 1:
                request.headers["x-internal-time"] = "1"
            return await bindings.client._transport.handle_async_request(request)

    client = httpx.AsyncClient(transport=Shaky(), base_url="http://peer")
    remote: Any = bind_remote(FACADE, client, bindings.signer)
    with pytest.raises(SoldOut):  # an outcome like any other, and reached once
        await getattr(remote, NAME)(**_example(FACADE, NAME))
    assert tries == 2


async def test_the_products_clock_may_be_moved_between_two_processes(tmp_path: Path) -> None:
    ahead = MovableClock(datetime.now(UTC) + timedelta(days=400))
    caller = Composition(environ=environment("dbname=nowhere", tmp_path), clock=ahead, modules=[])
    callee = Composition(environ=environment("dbname=nowhere", tmp_path), clock=SystemClock(), modules=[])
    callee.signer.verify("/x", b"{}", caller.signer.sign("/x", b"{}"))
    with pytest.raises(BadSignature):
        callee.signer.verify("/x", b"{}", RequestSigner(KEY, ahead).sign("/x", b"{}"))
