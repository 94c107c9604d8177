"""The browser fixtures themselves: what they show, what they complain about, what they leave behind."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.journeys import accessible
from tests.support.browser import DESKTOP, NewMiniProgram, NewPerson
from tests.support.mini_program import RUNNER

pytest_plugins = ["pytester"]
pytestmark = [pytest.mark.browser, pytest.mark.slow]

SHOP = RUNNER / "test" / "fixtures" / "shop"
PAGE = """<!DOCTYPE html><meta charset="utf-8"><title>成團</title><link rel="icon" href="data:,">
<h1>拼團詳情</h1><p id="language"></p>
<button onclick="localStorage.setItem('who', 'me'); this.textContent = '已參團'">參與拼團</button>
<script>document.getElementById('language').textContent = navigator.language</script>"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """Address of a small static site."""
    (tmp_path / "index.html").write_text(PAGE, encoding="utf-8")
    (tmp_path / "broken.html").write_text(PAGE + "<script>missing()</script>", encoding="utf-8")
    (tmp_path / "logs.html").write_text(PAGE + "<script>console.error('told you')</script>", encoding="utf-8")
    foreign = PAGE + '<img src="http://elsewhere.invalid/pixel.png">'
    (tmp_path / "foreign.html").write_text(foreign, encoding="utf-8")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(tmp_path)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


async def test_person_sees_and_clicks(site: str, new_person: NewPerson) -> None:
    person = await new_person("小明")
    await person.page.goto(site)
    assert await person.page.inner_text("#language") == "zh-TW"
    await person.page.get_by_text("參與拼團").tap()
    await person.page.get_by_text("已參團").wait_for()
    picture = await person.shot("joined")
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.parent.parent.name == "test-results"


async def test_people_have_storages_and_languages_of_their_own(site: str, new_person: NewPerson) -> None:
    one = await new_person("one")
    other = await new_person("other", locale="en-US", viewport=DESKTOP)
    for person in (one, other):
        await person.page.goto(site)
    await one.page.get_by_role("button").click()
    assert await one.page.evaluate("localStorage.getItem('who')") == "me"
    assert await other.page.evaluate("localStorage.getItem('who')") is None
    assert await other.page.inner_text("#language") == "en-US"
    assert await other.page.evaluate("innerWidth") == DESKTOP["width"]


@pytest.mark.parametrize(
    ("page", "complaint"),
    [("broken", "missing is not defined"), ("logs", "told you"), ("foreign", "foreign host: .*elsewhere")],
)
async def test_complaints_are_noted_and_can_be_expected(
    site: str, new_person: NewPerson, page: str, complaint: str
) -> None:
    person = await new_person("reader")
    await person.page.goto(f"{site}/{page}.html")
    await person.page.wait_for_load_state("networkidle")
    assert person.unexpected()
    person.expect(complaint)
    if page == "foreign":
        person.expect("ERR_NAME_NOT_RESOLVED")
    assert person.unexpected() == []


def test_unexpected_complaint_fails_the_test_and_leaves_a_picture(site: str, pytester: pytest.Pytester) -> None:
    pytester.makeini(
        "[pytest]\nasyncio_mode=auto\nasyncio_default_fixture_loop_scope=session\n"
        f"asyncio_default_test_loop_scope=session\npythonpath={RUNNER.parents[1]}\n"
    )
    pytester.makeconftest('pytest_plugins = ["tests.support.browser"]')
    pytester.makepyfile(
        f"""
        async def test_visit(new_person):
            person = await new_person("reader")
            await person.page.goto("{site}/logs.html")
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*reader: console: told you*"])
    assert (pytester.path / "test-results" / "test_visit" / "reader-failed.png").exists()


async def test_mini_program_runs(mini_program: NewMiniProgram) -> None:
    app = await mini_program(SHOP, name="阿美", path="/pages/goods/index?id=7")
    await app.see("商品 7")
    await app.tap("加入購物車")
    await app.see("已加入")
    assert (await app.share())["path"] == "/pages/goods/index?id=7"
    await app.open_share("/pages/goods/index?id=8")
    await app.see("商品 8")
    assert await app.path() == "pages/goods/index"
    assert await app.errors() == []


async def test_exact_text_goes_before_longer_text(mini_program: NewMiniProgram) -> None:
    app = await mini_program(SHOP)
    await app.see("首頁內容")
    await app.tap("我的")
    assert await app.path() == "pages/me/index"
    await app.tap("首頁")
    assert await app.path() == "pages/index/index"
    await app.tap("首頁")
    assert await app.path() == "pages/index/index"
    await app.tap("石榴")
    await app.back()
    await app.see("今日必拼")


async def test_mini_program_errors_fail_unless_expected(mini_program: NewMiniProgram) -> None:
    app = await mini_program(SHOP, path="/pages/nowhere/index")
    assert len(await app.errors()) == 1
    await app.note_errors()
    assert len(app.person.unexpected()) == 1
    app.person.expect('page "pages/nowhere/index" is not found')
    assert app.person.unexpected() == []


async def test_mini_program_with_problems_is_not_run(mini_program: NewMiniProgram, tmp_path: Path) -> None:
    (tmp_path / "app.json").write_text('{"pages": ["pages/gone/index"]}', encoding="utf-8")
    with pytest.raises(pytest.fail.Exception, match=r"pages/gone/index\.js: listed in app.json"):
        await mini_program(tmp_path)


async def test_a_check_of_accessibility_that_breaks_is_a_complaint(
    site: str, new_person: NewPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await new_person("小明")
    await person.page.goto(f"{site}/index.html")
    with monkeypatch.context() as patch:
        patch.setattr(accessible, "_axe", lambda: "throw new Error('axe is broken')")
        await accessible.look(person)
    assert [complaint for complaint in person.complaints if "axe is broken" in complaint] == person.complaints != []
    await accessible.look(person)  # the page counts as not looked at
    assert "html-has-lang" in person.complaints[-1]
    person.expect("could not be looked at|html-has-lang")
