"""Exit codes, words for people, and nothing on standard output but what was asked for."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import typer

from pipelines import cli
from pipelines.ending import guarded
from pipelines.printed import to_json


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def call(capsys, *arguments: str) -> tuple[int, str, str]:
    code = guarded(lambda: cli._invoke(list(arguments)), "--json" in arguments, arguments[0])
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    return code, out, err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("runn",), "没有命令 runn，是不是 run"),
        (("run", "--jsn"), "没有选项 --jsn，是不是 --json"),
        (("run", "--year", "x"), "--year 的值不对（应为整数）"),
        (("run", "--year", "1"), "year"),
        (("run", "--year"), "--year 后面要有值"),
        (("check",), "缺少 PATH"),
        (("check", "nothing.xlsx"), "找不到 nothing.xlsx"),
        (("explain",), "缺少 FINDING_ID"),
        (("rules", "sho"), "没有命令 sho，是不是 show"),
        (("diff", "one"), "两个运行编号"),
        (("serve", "--cron", "every night"), "看不懂时间表"),
        (("sample", "--units", "0", "new"), "至少为 1"),
        (("status", "extra"), "多出来的内容"),
    ],
)
def test_wrong_usage_is_exit_2_in_chinese(capsys, arguments, words):
    code, out, err = call(capsys, *arguments)
    assert (code, out) == (2, "")
    assert words in err


@pytest.mark.parametrize(
    ("arguments", "expected", "words"),
    [
        (("run", "--year", "x", "--json"), 2, "应为整数"),
        (("check", "nothing.xlsx", "--json"), 2, "找不到"),
        (("rules", "show", "X-99", "--json"), 2, "X-99"),
        (("status", "--json"), 3, "请先运行"),
        (("diff", "--json"), 3, "请先运行"),
        (("explain", "abc", "--json"), 3, "请先运行"),
        (("draft", "甲", "2023", "--json"), 3, "请先运行"),
        (("evaluate", "甲", "2023", "--json"), 3, "请先运行"),
    ],
)
def test_json_is_one_document_also_when_there_is_no_result(capsys, arguments, expected, words):
    code, out, err = call(capsys, *arguments)
    document = json.loads(out)
    assert (
        code == expected == document["exit_code"]
        and words in document["error"]
        and (document["error"] in err or arguments[0] == "status")
    )


def test_run_keeps_its_keys_where_it_was_called_wrongly(capsys):
    code, out, _ = call(capsys, "run", "--year", "x", "--json")
    document = json.loads(out)
    assert code == document["exit_code"] == 2 and document["published"] is False
    assert document["findings"] == {"error": 0, "review": 0, "hint": 0}


def test_nothing_published_yet(capsys):
    for arguments in (("diff",), ("explain", "abc"), ("status",)):
        code, out, err = call(capsys, *arguments)
        assert code == 3 and "请先运行 caijue run" in out + err


def test_run_without_a_raw_folder(capsys):
    code, out, err = call(capsys, "run", "--direct", "--json")
    document = json.loads(out)
    assert code == 3 and document["published"] is False and "收件文件夹" in err
    assert {
        "run_id",
        "verdict",
        "units",
        "files",
        "findings",
        "checks",
        "published",
        "outputs",
    } <= document.keys()


def test_a_defect_is_one_line(capsys, monkeypatch):
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("so etwas")

    monkeypatch.setattr("pipelines.commands.status.status_command", broken)
    code, out, err = call(capsys, "status")
    assert code == 3 and out == "" and "so etwas" in err and err.count("\n") == 1


def test_doctor_tries_the_prefect_server_and_keeps_its_password(capsys, monkeypatch):
    monkeypatch.setenv("PREFECT_API_URL", "http://someone:secret@127.0.0.1:9/api")
    _, out, _ = call(capsys, "doctor", "--json")
    point = next(p for p in json.loads(out)["points"] if p["name"] == "Prefect 服务")
    assert (
        point["state"] == "注意"
        and "没有应答" in point["found"]
        and "PREFECT_API_URL" in point["advice"]
    )
    assert "secret" not in out


def test_sample_does_not_overwrite(capsys, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").touch()
    assert call(capsys, "sample", "full")[0] == 2


def test_amounts_in_json_keep_their_digits():
    from decimal import Decimal

    text = to_json({"amount": Decimal("9999999999999999.99"), "none": None, "text": "1.10"})
    assert (
        '"amount": 9999999999999999.99' in text
        and json.loads(text, parse_float=str)["text"] == "1.10"
    )


def test_help_is_chinese_throughout(capsys):
    command = typer.main.get_command(cli.app)
    for name in ("", *command.commands):
        with pytest.raises(SystemExit) as ended:
            cli.main([*filter(None, [name]), "--help"])
        assert ended.value.code == 0
        text = capsys.readouterr().out
        assert "用法：" in text
        english = re.search(r"\b(Usage|Options|Commands|Arguments|default|required|Show)\b", text)
        assert english is None, (name, english)


def test_version_and_completion(capsys):
    for arguments, words in ((["--version"], "caijue"), (["completion", "zsh"], "#compdef")):
        with pytest.raises(SystemExit) as ended:
            cli.main(arguments)
        assert ended.value.code == 0 and words in capsys.readouterr().out
    with pytest.raises(SystemExit) as ended:
        cli.main(["completion", "tcsh"])
    assert ended.value.code == 2 and "bash、zsh、fish" in capsys.readouterr().err


def test_a_mistyped_folder_leaves_nothing_behind(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        cli.main(["run", "--direct", "--raw", "tpyo"])
    assert ended.value.code == 3 and "没有收件文件夹" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_every_command_has_help_and_stands_in_the_docs():
    command = typer.main.get_command(cli.app)
    text = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
    for name, sub in command.commands.items():
        assert sub.help or sub.short_help, name
        assert f"caijue {name}" in text, name
        for parameter in sub.params:
            if parameter.param_type_name == "option" and parameter.name != "help":
                assert parameter.help, (name, parameter.name)
