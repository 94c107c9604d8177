"""The browser fixtures, for the tests in this folder."""

from tests.support.browser import chromium, mini_program, new_person, pytest_runtest_makereport

__all__ = ["chromium", "mini_program", "new_person", "pytest_runtest_makereport"]
