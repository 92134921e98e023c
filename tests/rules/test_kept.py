"""The rule book kept between runs: the same as a new one, and never more than data of our own."""

from __future__ import annotations

import os
import pickle

import pytest

from pipelines.config import Config
from pipelines.organisation import rulebook
from schemas import kept as keeping
from schemas.kept import folder, kept, kept_file
from schemas.rulebook import RULES_DIR, load_rulebook


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "caijue"


def test_a_kept_book_is_the_book_and_follows_its_sources(cache, tmp_path):
    own = tmp_path / "own"
    own.mkdir()
    config = Config(rules_folders=(own,))
    first = rulebook(config)
    again = rulebook(config)
    assert rulebook(config) is again  # read once while the kept file is the same
    made = load_rulebook((RULES_DIR, own))
    assert again is not first and again.version == first.version == made.version
    for book in (again, made):
        assert list(book.rules) == list(first.rules)
        assert [c.formula.text for c in book.checks] == [c.formula.text for c in first.checks]
    (own / "more.yml").write_text(
        "rules:\n- {id: OWN-1, title: 试, family: 表内, severity: error,"
        ' formulas: ["Z04[合计, 基本支出] >= 0"]}\n',
        encoding="utf-8",
    )
    assert "OWN-1" in rulebook(config).rules
    assert "OWN-1" not in first.rules


def test_a_kept_file_that_is_no_longer_whole_is_made_again(cache, tmp_path):
    assert kept("thing", [], lambda: {"a": 1}) == {"a": 1}
    [path] = cache.glob("thing-*.kept")
    assert kept("thing", [], lambda: {"a": 2}) == {"a": 1}
    path.write_bytes(path.read_bytes()[:-3])
    assert kept("thing", [], lambda: {"a": 3}) == {"a": 3}


def test_a_forged_file_makes_nothing_happen(cache, tmp_path):
    class Bomb:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "boom"),)

    kept("thing", [], lambda: {"a": 1})
    [path] = cache.glob("thing-*.kept")
    for forged in (Bomb(), os.system, keeping.kept):
        path.write_bytes(pickle.dumps(forged))
        assert kept("thing", [], lambda: {"a": 2}) == {"a": 2}
    assert not (tmp_path / "boom").exists()


def test_a_folder_others_may_write_to_is_not_used(cache):
    assert folder() == cache
    cache.chmod(0o777)
    assert folder() is None
    assert kept("thing", [], lambda: 5) == 5
    assert kept_file("empty", lambda path: path.write_bytes(b"")) is None
    assert not list(cache.iterdir())
