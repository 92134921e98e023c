"""Alerts: only a change is told, amounts are masked, what a channel does not take is sent the next night."""

from __future__ import annotations

import json

import pytest

from pipelines.config import Config
from pipelines.notify import alert
from pipelines.publish import history
from pipelines.publish.place import Place

SUMMARY = {"run_id": "20260102T000000Z-01", "verdict": "有错误", "missing": ["甲单位 2023"]}


@pytest.fixture
def sent(monkeypatch):
    taken: list[str] = []
    state = {"works": True}

    def deliver(urls, text):
        if state["works"]:
            taken.append(text)
        return state["works"]

    monkeypatch.setattr(alert, "_deliver", deliver)
    monkeypatch.setattr(alert, "_open_errors", lambda place: dict(state.get("errors", {})))
    return taken, state


@pytest.fixture
def config(tmp_path) -> Config:
    return Config(processed=tmp_path, notify_urls=("json://localhost",))


def test_only_what_changed_is_told(config, sent, tmp_path):
    taken, state = sent
    place = Place(tmp_path, tmp_path / "r")
    state["errors"] = {"c1": "甲单位 2023 左边 1,234.50 ≠ 右边 1,234.00"}
    alert.notify_result(config, place, SUMMARY)
    assert "新增错误 1 条" in taken[0] and "新的未报 1 条" in taken[0] and "1,234" not in taken[0]
    assert "没有变化" in alert.notify_result(config, place, SUMMARY)
    assert len(taken) == 1
    state["errors"] = {}
    alert.notify_result(config, place, SUMMARY)
    assert "已消除的错误 1 条" in taken[1]


def test_amounts_are_shown_where_so_set(config, sent, tmp_path):
    taken, state = sent
    state["errors"] = {"c1": "相差 500.00"}
    alert.notify_result(config.model_copy(update={"notify_mask": False}), Place(tmp_path, tmp_path), SUMMARY)
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
        entry = history.Entry(f"2026010{number}T000000Z-01", "x", "y", history.ABORTED, False, "磁盘空间不足")
        history.note_end(tmp_path, entry)
        alert.notify_failure(config, place, "磁盘空间不足")
    assert len(taken) == 1 and "中止" in taken[0]
    alert.notify_result(config, place, SUMMARY | {"run_id": "20260103T000000Z-01"})
    assert "恢复正常" in taken[1]


def test_no_channel_no_trace(sent, tmp_path):
    assert alert.notify_result(Config(processed=tmp_path), Place(tmp_path, tmp_path), SUMMARY) == "没有配置通知"
    assert list(tmp_path.iterdir()) == []


def test_a_channel_that_fails_is_only_a_warning(tmp_path, capsys):
    config = Config(processed=tmp_path, notify_urls=("json://127.0.0.1:9",))
    assert "留待下次" in alert._send(config, tmp_path, "试")
