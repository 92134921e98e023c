"""Alerts: only a change is told, amounts are masked, what a channel does not take is sent the next
night.
"""

from __future__ import annotations

import json
import os
import re

import pytest

from pipelines.config import Config
from pipelines.errors import Aborted, UsageError
from pipelines.notify import alert, outbox
from pipelines.notify.channels import Channel
from pipelines.notify.mask import masked
from pipelines.publish import history
from pipelines.publish.place import Place
from pipelines.run.context import open_run

SUMMARY = {"run_id": "20260102T000000Z-01", "verdict": "有错误", "missing": ["甲单位 2023"]}


@pytest.fixture
def sent(monkeypatch):
    taken: list[str] = []
    state = {"works": True}

    def send(channel, text):
        works = state["works"] and channel.url not in state.get("down", ())
        if works:
            taken.append(text)
            state.setdefault("by", []).append((channel.url, text))
        return works

    monkeypatch.setattr(Channel, "send", send)
    monkeypatch.setattr(Channel, "usable", lambda channel: "bad" not in channel.url)
    years = lambda message: [int(y) for y in re.findall(r"20\d\d", message)]  # noqa: E731
    monkeypatch.setattr(
        alert,
        "_open_errors",
        lambda place: {k: (m, years(m)) for k, m in state.get("errors", {}).items()},
    )
    return taken, state


@pytest.fixture
def config(tmp_path) -> Config:
    return Config(processed=tmp_path, notify_urls=("json://localhost",))


def test_only_what_changed_is_told(config, sent, tmp_path):
    taken, state = sent
    place = Place(tmp_path, tmp_path / "r")
    state["errors"] = {"c1": "甲单位 2023 左边 1,234.50 ≠ 右边 1,234.00"}
    alert.notify_result(config, place, SUMMARY)
    assert "新增错误 1 处" in taken[0] and "新的未报 1 份" in taken[0] and "1,234" not in taken[0]
    assert "没有变化" in alert.notify_result(config, place, SUMMARY)
    assert len(taken) == 1
    state["errors"] = {}
    alert.notify_result(config, place, SUMMARY)
    assert "已消除的错误 1 处" in taken[1]


def test_amounts_are_shown_where_so_set(config, sent, tmp_path):
    taken, state = sent
    state["errors"] = {"c1": "相差 500.00"}
    alert.notify_result(
        config.model_copy(update={"notify_mask": False}), Place(tmp_path, tmp_path), SUMMARY
    )
    assert "500.00" in taken[0]


def test_what_was_not_sent_is_sent_the_next_night(config, sent, tmp_path):
    taken, state = sent
    state["works"] = False
    assert "留待下次 1 条" in alert.notify_result(config, Place(tmp_path, tmp_path), SUMMARY)
    state["works"] = True
    alert.notify_result(config, Place(tmp_path, tmp_path), SUMMARY)
    assert len(taken) == 1 and json.loads((tmp_path / alert.OUTBOX).read_text()) == []


def test_an_aborted_run_is_told_once_and_so_is_the_good_one_after(config, sent, tmp_path):
    taken, _ = sent
    place = Place(tmp_path, tmp_path)
    for number in (1, 2):
        entry = history.Entry(
            f"2026010{number}T000000Z-01", "x", "y", history.ABORTED, False, "磁盘空间不足"
        )
        history.note_end(tmp_path, entry)
        alert.notify_failure(config, place, "磁盘空间不足")
    assert len(taken) == 1 and "中止" in taken[0]
    alert.notify_result(config, place, SUMMARY | {"run_id": "20260103T000000Z-01"})
    assert "恢复正常" in taken[1]


def test_no_channel_no_trace(sent, tmp_path):
    assert (
        alert.notify_result(Config(processed=tmp_path), Place(tmp_path, tmp_path), SUMMARY)
        == "没有配置通知"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_channel_that_fails_is_only_a_warning(tmp_path, capsys):
    config = Config(processed=tmp_path, notify_urls=("json://127.0.0.1:9",))
    assert "留待下次 1 条" in alert._send(config, tmp_path, "试")


def test_an_abort_that_was_not_delivered_is_tried_again_the_next_aborted_night(
    config, sent, tmp_path
):
    taken, state = sent
    place = Place(tmp_path, tmp_path)
    state["works"] = False
    alert.notify_failure(config, place, "磁盘空间不足，详情见 20260101T000000Z-01.log")
    assert taken == []
    state["works"] = True
    for number in (2, 3):
        alert.notify_failure(config, place, f"磁盘空间不足，详情见 2026010{number}T000000Z-01.log")
    assert len(taken) == 1 and "20260101" in taken[0]
    alert.notify_failure(config, place, "没有权限")
    assert len(taken) == 2


def test_each_channel_gets_a_message_once(config, sent, tmp_path):
    _, state = sent
    config = config.model_copy(update={"notify_urls": ("json://one/secret", "json://two")})
    place = Place(tmp_path, tmp_path)
    state["down"] = {"json://two"}
    for _ in range(3):
        alert.notify_failure(config, place, "磁盘空间不足")
    assert [u for u, _ in state["by"]] == ["json://one/secret"]
    assert "secret" not in (tmp_path / alert.OUTBOX).read_text()
    state["down"] = set()
    alert.notify_failure(config, place, "磁盘空间不足")
    assert [u for u, _ in state["by"]] == ["json://one/secret", "json://two"]
    assert json.loads((tmp_path / alert.OUTBOX).read_text()) == []


def test_a_corrected_address_gets_what_the_wrong_one_did_not(config, sent, tmp_path):
    taken, state = sent
    place = Place(tmp_path, tmp_path)
    state["down"] = {"json://localhost"}
    alert.notify_failure(config, place, "磁盘空间不足")
    alert.notify_failure(
        config.model_copy(update={"notify_urls": ("json://right",)}), place, "磁盘空间不足"
    )
    assert len(taken) == 1


def test_an_address_that_cannot_be_used_is_named_every_night_without_its_secret(
    config, sent, tmp_path, monkeypatch
):
    said: list[str] = []
    monkeypatch.setattr(outbox.log, "say", lambda message, *_: said.append(message))
    config = config.model_copy(
        update={"notify_urls": ("json://good", "slackk://bad/secret", "bad-secret")}
    )
    for _ in range(2):
        alert.notify_result(config, Place(tmp_path, tmp_path), SUMMARY | {"missing": []})
    assert len([s for s in said if "slackk://" in s]) == 2 and not any("secret" in s for s in said)


def test_apprise_tells_an_address_that_it_does_not_know():
    assert not Channel("slackk://x").usable() and Channel("json://localhost").usable()


def test_a_message_of_an_older_outbox_is_still_sent(config, sent, tmp_path):
    taken, _ = sent
    (tmp_path / alert.OUTBOX).write_text(
        '[{"at": "x", "text": "旧"}, 3, {"text": null}]', encoding="utf-8"
    )
    alert.notify_failure(config, Place(tmp_path, tmp_path), "磁盘空间不足")
    assert taken[0] == "旧" and len(taken) == 2


@pytest.mark.parametrize("blocked", [alert.OUTBOX, alert.STATE])
def test_the_alert_goes_out_where_nothing_can_be_written(config, sent, tmp_path, blocked):
    taken, _ = sent
    (tmp_path / f".{blocked}.new").mkdir()
    (tmp_path / f".{blocked}.new" / "x").touch()
    alert.notify_failure(config, Place(tmp_path, tmp_path), "磁盘空间不足")
    alert.notify_failure(config, Place(tmp_path / "nowhere", tmp_path), "磁盘空间不足")
    assert len(taken) == 2


def test_a_run_over_one_year_says_nothing_of_the_others(config, sent, tmp_path):
    taken, state = sent
    place = Place(tmp_path, tmp_path)
    two = {"c1": "甲 2022 错", "c2": "甲 2023 错", "c3": "甲 2022 和 2023 错"}
    missing = ["乙 2022", "乙 2023"]
    state["errors"] = two
    alert.notify_result(config, place, SUMMARY | {"missing": missing})
    state["errors"] = {k: two[k] for k in ("c2", "c3")}
    only = config.model_copy(update={"year": 2023})
    assert "没有变化" in alert.notify_result(only, place, SUMMARY | {"missing": ["乙 2023"]})
    state["errors"] = two
    assert "没有变化" in alert.notify_result(config, place, SUMMARY | {"missing": missing})
    state["errors"] = {}
    alert.notify_result(only, place, SUMMARY | {"missing": []})
    assert "已消除的错误 1 处" in taken[-1] and "c2" not in taken[-1]
    alert.notify_result(config, place, SUMMARY | {"missing": []})
    assert "已消除的错误 2 处" in taken[-1]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("应为4321万元，实为 9999 万元", "应为***万元，实为 *** 万元"),
        ("壹佰万元、12亿元、３００元、-500 元", "***元、***亿元、***元、*** 元"),
        ("不是数字：“1,18,8739”", "不是数字：“***”"),
        ("不是数字：“约 1188739 左右”", "不是数字：“约 ***左右”"),
        ("数字“1188739”超出", "数字“***”超出"),
        ("B12“4321”等 3 处", "B12“***”等 3 处"),
        ("Z05[2010301,30201] 1,234.50 ≠ 0.50", "Z05[2010301,30201] *** ≠ ***"),
    ],
)
def test_every_amount_is_masked(text, shown):
    assert masked(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "2023年度 财决01表 Z01_1 B12 共 1,234 条，5 个文件",
        "编码“2010301”不在科目中",
        "工作表“2023”未取数",
        "第 3 行“2010301 行政运行”：名称与编码不符",
        "单位：万元",
        "Z04[201,301]",
        "运行 20260102T000000Z-01：有错误",
    ],
)
def test_years_codes_places_and_counts_stay(text):
    assert masked(text) == text


class TestNightsThatCannotBegin:
    """Alerted in every case, and in the ledger wherever that can be written."""

    @pytest.fixture
    def begin(self, sent, tmp_path):
        (tmp_path / "raw").mkdir()

        def begin(expected=Aborted, **settings):
            config = Config(
                raw=tmp_path / "raw",
                processed=tmp_path / "p",
                reports=tmp_path / "r",
                notify_urls=("json://x",),
            )
            with pytest.raises(expected), open_run(config.model_copy(update=settings)):
                pytest.fail("began")
            return sent[0], history.read(tmp_path / "p")

        return begin

    def test_something_else_in_place_of_the_link(self, begin, tmp_path):
        (tmp_path / "r" / "current").mkdir(parents=True)
        begin()
        told, ledger = begin()
        assert len(told) == 1 and "不是本程序建立的链接" in told[0]
        assert [e.verdict for e in ledger] == [history.ABORTED] * 2 and "链接" in ledger[0].reason

    def test_a_full_disk(self, begin, monkeypatch):
        def full(*_):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(history, "_append", full)
        told, _ = begin()
        assert len(told) == 1 and "磁盘空间不足" in told[0]

    def test_a_place_that_cannot_be_written(self, begin, tmp_path):
        (tmp_path / "file").touch()
        told, _ = begin(processed=tmp_path / "file" / "p")
        assert len(told) == 1 and "不能在" in told[0]

    def test_folders_inside_each_other_are_not_written_to(self, begin, tmp_path):
        told, _ = begin(UsageError, processed=tmp_path / "raw" / "p")
        assert len(told) == 1 and os.listdir(tmp_path / "raw") == []

    def test_a_missing_folder_of_ones_own(self, begin, tmp_path):
        told, ledger = begin(UsageError, rules_folders=(tmp_path / "本市规则",))
        assert "本市规则" in told[0] and "本市规则" in ledger[0].reason


def test_an_interrupted_run_is_in_the_ledger_with_its_end(tmp_path):
    (tmp_path / "raw").mkdir()
    config = Config(raw=tmp_path / "raw", processed=tmp_path / "p", reports=tmp_path / "r")
    with pytest.raises(SystemExit), open_run(config):
        raise SystemExit(3)
    [entry] = history.read(tmp_path / "p")
    assert entry.verdict == history.KILLED and entry.finished_at and "结束信号" in entry.reason
    assert not list((tmp_path / "p" / "runs").iterdir())


def test_a_line_of_the_ledger_with_a_wrong_date_does_no_harm(tmp_path):
    lines = [
        {
            "run_id": "20260101T000000Z-01",
            "started_at": "gestern",
            "finished_at": "2026-99-01",
            "counts": None,
        },
        {"run_id": 7, "started_at": "2026-01-01T00:00:00+00:00"},
        {"run_id": "x", "started_at": None},
    ]
    (tmp_path / history.NAME).write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    [entry] = history.read(tmp_path)
    assert (entry.started_at, entry.finished_at, entry.counts) == (
        "2026-01-01T00:00:00+00:00",
        "",
        {},
    )
