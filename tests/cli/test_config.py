"""caijue.toml < environment < flags; a wrong key is named with the right one."""

from __future__ import annotations

import pytest

from pipelines.config import KEYS, Config, load_config
from pipelines.errors import UsageError


@pytest.fixture(autouse=True)
def _clean(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in KEYS:
        monkeypatch.delenv(f"CAIJUE_{name.upper()}", raising=False)
    monkeypatch.delenv("CAIJUE_CONFIG", raising=False)


def test_defaults_are_below_the_working_folder(tmp_path):
    config, warnings = load_config()
    assert (config.raw, config.processed, config.reports) == (
        tmp_path / "data/raw", tmp_path / "data/processed", tmp_path / "reports",
    )  # fmt: skip
    assert warnings == []


def test_order_of_weight(tmp_path, monkeypatch):
    (tmp_path / "caijue.toml").write_text('keep_runs = 3\nkeep_days = 4\nraw = "in"\n', encoding="utf-8")
    monkeypatch.setenv("CAIJUE_KEEP_DAYS", "5")
    monkeypatch.setenv("CAIJUE_RAW", "elsewhere")
    config, _ = load_config(raw="flag")
    assert (config.keep_runs, config.keep_days, config.raw) == (3, 5, tmp_path / "flag")


def test_paths_of_a_named_file_start_at_its_folder(tmp_path, monkeypatch):
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "my.toml").write_text('raw = "in"\nrules_folders = ["mine"]\n', encoding="utf-8")
    monkeypatch.setenv("CAIJUE_CONFIG", str(tmp_path / "conf" / "my.toml"))
    config, _ = load_config()
    assert config.raw == tmp_path / "conf" / "in" and config.rules_folders == (tmp_path / "conf" / "mine",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("keep_rnus = 3", ("keep_rnus", "是不是 keep_runs")),
        ('keep_runs = "many"', ("keep_runs", "应为整数")),
        ("keep_runs = 0", ("keep_runs", "不得小于 1")),
        ('timezone = "Mars/Base"', ("timezone", "没有这个时区")),
        ('notify_urls = ["json://x"]', ("notify_urls", "CAIJUE_NOTIFY_URLS")),
        ("keep_runs = ", ("caijue.toml", "写法有误")),
        ('log_format = "xml"', ("log_format", "text")),
    ],
)
def test_what_is_wrong_is_said(tmp_path, text, words):
    (tmp_path / "caijue.toml").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        load_config()
    assert all(w in caught.value.reason for w in words), caught.value.reason


def test_wrong_environment(monkeypatch):
    monkeypatch.setenv("CAIJUE_SOMETHING_ELSE_ENTIRELY", "1")
    assert "CAIJUE_SOMETHING_ELSE_ENTIRELY" in load_config()[1][0]
    monkeypatch.setenv("CAIJUE_WORKRES", "1")
    with pytest.raises(UsageError, match="workers"):
        load_config()


def test_secrets_are_not_repeated(monkeypatch):
    monkeypatch.setenv("CAIJUE_NOTIFY_URLS", "mailto://secret json://two")
    assert load_config()[0].notify_urls == ("mailto://secret", "json://two")


def test_every_setting_is_documented():
    assert all(f.description for f in Config.model_fields.values())
    from pathlib import Path

    text = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
    assert [k for k in KEYS if f"`{k}`" not in text] == []
