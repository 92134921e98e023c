"""caijue.toml < environment < flags; a wrong key is named with the right one."""

from __future__ import annotations

import pytest

from pipelines.commands.doctor import doctor_command
from pipelines.config import IN_TABLES, KEYS, Config, load_config
from pipelines.errors import UsageError
from pipelines.folders import check_apart
from pipelines.organisation import rulebook


@pytest.fixture(autouse=True)
def _clean(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in (*KEYS, *IN_TABLES):
        monkeypatch.delenv(f"CAIJUE_{name.upper()}", raising=False)
    monkeypatch.delenv("CAIJUE_CONFIG", raising=False)


def test_defaults_are_below_the_working_folder(tmp_path):
    config, warnings = load_config()
    assert (config.raw, config.processed, config.reports) == (
        tmp_path / "data/raw",
        tmp_path / "data/processed",
        tmp_path / "reports",
    )
    assert warnings == []


def test_order_of_weight(tmp_path, monkeypatch):
    (tmp_path / "caijue.toml").write_text(
        'keep_runs = 3\nkeep_days = 4\nraw = "in"\n', encoding="utf-8"
    )
    monkeypatch.setenv("CAIJUE_KEEP_DAYS", "5")
    monkeypatch.setenv("CAIJUE_RAW", "elsewhere")
    config, _ = load_config(raw="flag")
    assert (config.keep_runs, config.keep_days, config.raw) == (3, 5, tmp_path / "flag")


def test_a_table_is_outweighed_key_by_key(tmp_path, monkeypatch):
    (tmp_path / "caijue.toml").write_text(
        '[engine]\nkind = "dask"\naddress = "tcp://a:1"\n', encoding="utf-8"
    )
    monkeypatch.setenv("CAIJUE_ENGINE_ADDRESS", "tcp://[fd00::5]:8786")
    engine = load_config()[0].engine
    assert (engine.kind, engine.address) == ("dask", "tcp://[fd00::5]:8786")


def test_an_inbox_and_a_store_may_be_at_an_address(tmp_path, monkeypatch):
    (tmp_path / "caijue.toml").write_text(
        'raw = "s3://财决/收件/"\n[engine]\nstore = "s3://财决/节点"\n', encoding="utf-8"
    )
    config, _ = load_config()
    assert config.raw == "s3://财决/收件" and config.engine.store == "s3://财决/节点"
    assert config.inbox == tmp_path / "data/processed/inbox"
    check_apart(config)
    assert load_config(raw="in")[0].inbox == tmp_path / "in"
    monkeypatch.setenv("CAIJUE_RAW", "memory://other")
    assert load_config()[0].raw == "memory://other"


@pytest.mark.parametrize("name", ["RAW", "ENGINE_STORE"])
def test_a_key_in_an_address_is_refused_and_not_repeated(monkeypatch, name):
    monkeypatch.setenv(f"CAIJUE_{name}", "s3://me:geheim@bucket/x")
    with pytest.raises(UsageError, match=r"密钥不要写在地址里.*环境变量") as caught:
        load_config()
    assert "geheim" not in caught.value.reason


def test_doctor_looks_at_an_inbox_at_an_address(tmp_path, monkeypatch):
    def found() -> str:
        points = doctor_command(load_config()[0], []).document["points"]
        (point,) = [p for p in points if p["name"] == "收件地址"]
        return f"{point['state']} {point['found']} {point['advice']}"

    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a").write_text("1")
    monkeypatch.setenv("CAIJUE_RAW", f"file://{tmp_path}/in")
    assert found() == f"正常 file://{tmp_path}/in，1 项 "
    monkeypatch.setenv("CAIJUE_RAW", f"file://{tmp_path}/none")
    assert "有问题" in found() and "请检查桶名和前缀" in found()


def test_paths_of_a_named_file_start_at_its_folder(tmp_path, monkeypatch):
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "my.toml").write_text(
        'raw = "in"\nrules_folders = ["mine"]\n', encoding="utf-8"
    )
    monkeypatch.setenv("CAIJUE_CONFIG", str(tmp_path / "conf" / "my.toml"))
    config, _ = load_config()
    assert config.raw == tmp_path / "conf" / "in" and config.rules_folders == (
        tmp_path / "conf" / "mine",
    )


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
        ('[engine]\nkind = "spark"', ("engine.kind", "'local' 或 'dask'")),
        ('[engine]\nadress = "x"', ("engine.adress", "没有这一项")),
        ('engine = "dask"', ("engine", "[engine]")),
        ('[engine]\naddress = "10.0.0.5:8786"', ("engine.address", "tcp://主机:端口")),
        ('[engine]\naddress = "tcp://10.0.0.5:99999"', ("engine.address", "tcp://主机:端口")),
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


@pytest.mark.parametrize(
    "key",
    [
        "workers",
        "memory_mb",
        "timeout_s",
        "database_memory_mb",
        "keep_runs",
        "keep_days",
        "cache_days",
    ],
)
@pytest.mark.parametrize("value", ["99999999999999999999", "9" * 5000, "inf", "nan", "-1"])
def test_absurd_numbers_are_refused_with_the_bounds(tmp_path, monkeypatch, key, value):
    monkeypatch.setenv(f"CAIJUE_{key.upper()}", value)
    with pytest.raises(UsageError) as caught:
        load_config()
    assert (
        key in caught.value.reason
        and "可用" in caught.value.reason
        and "Input" not in caught.value.reason
    )
    assert len(caught.value.reason) < 200
    monkeypatch.delenv(f"CAIJUE_{key.upper()}")
    (tmp_path / "caijue.toml").write_text(f"{key} = {value[:19]}\n", encoding="utf-8")
    with pytest.raises(UsageError, match="可用") as caught:
        load_config()
    assert "Input" not in caught.value.reason


def test_the_documented_home_is_no_unknown_setting(monkeypatch):
    monkeypatch.setenv("CAIJUE_HOME", "/srv/caijue")
    assert load_config()[1] == []


@pytest.mark.parametrize(
    ("raw", "processed", "reports", "right"),
    [
        ("data/raw", "data/processed", "reports", True),
        ("in", "out", "out/reports", True),
        ("in", "in/out", "reports", False),
        ("in", "out", "in/reports", False),
        (".", "out", "reports", False),
        ("out/in", "out", "reports", False),
        ("reports/in", "out", "reports", False),
        ("in", "out", "out", False),
        ("in", "in", "reports", False),
        ("link", "in/out", "reports", False),
    ],
)
def test_what_is_written_and_what_is_read_lie_apart(tmp_path, raw, processed, reports, right):
    (tmp_path / "in").mkdir()
    (tmp_path / "link").symlink_to("in")
    config, _ = load_config(raw=raw, processed=processed, reports=reports)
    if right:
        return check_apart(config)
    with pytest.raises(UsageError, match="互不包含"):
        check_apart(config)


def test_an_empty_folder_name_is_refused(tmp_path):
    (tmp_path / "caijue.toml").write_text('raw = ""\n', encoding="utf-8")
    with pytest.raises(UsageError, match="raw 是空的"):
        load_config()


@pytest.mark.parametrize("key", ["rules_folders", "forms_folders", "schemes_folders"])
def test_a_missing_folder_of_ones_own_is_named(tmp_path, monkeypatch, key):
    monkeypatch.setenv(f"CAIJUE_{key.upper()}", "没有这里")
    with pytest.raises(UsageError, match="没有这里"):
        rulebook(load_config()[0])
    (tmp_path / "data" / "raw").mkdir(parents=True)
    (tmp_path / "reports" / "current").mkdir(parents=True)
    found = doctor_command(*load_config()).document["points"]
    assert [p["found"] for p in found if p["state"] == "有问题" and "没有这里" in p["found"]]
    assert [
        p
        for p in found
        if p["name"] == "报告文件夹" and p["state"] == "有问题" and "不是本程序" in p["found"]
    ]


def test_doctor_looks_at_the_cluster(tmp_path, monkeypatch):
    def found(name: str = "计算集群") -> list[str]:
        points = doctor_command(load_config()[0], []).document["points"]
        return [f"{p['state']} {p['found']} {p['advice']}" for p in points if p["name"] == name]

    assert found() == []
    monkeypatch.setenv("CAIJUE_ENGINE_KIND", "dask")
    monkeypatch.setattr("pipelines.run.engine.find_spec", lambda _: None)
    assert "caijue[dask]" in found()[0]
    monkeypatch.setattr("pipelines.run.engine.find_spec", lambda _: object())
    assert found()[0].startswith("正常")
    monkeypatch.setenv("CAIJUE_ENGINE_ADDRESS", "tcp://127.0.0.1:9")
    assert "没有应答" in found()[0]
    monkeypatch.setenv("CAIJUE_ENGINE_STORE", f"file://{tmp_path}/store")
    assert found("存储") == [f"正常 file://{tmp_path}/store，可以读写 "]
    assert list((tmp_path / "store").iterdir()) == []
    monkeypatch.setenv("CAIJUE_ENGINE_STORE", f"file://{__file__}/below")
    assert "有问题" in found("存储")[0] and "请检查桶名和前缀" in found("存储")[0]
