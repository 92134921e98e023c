"""An inbox at an address: its mirror is as the inbox is, whatever happens on the way."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from pipelines.addresses import Listed, Unreachable, checked, masked
from pipelines.intake.discover import discover
from pipelines.intake.limits import LIMITS
from pipelines.intake.mirror import Mirrored, mirror

NIGHT = 1_700_000_000_000_000_000


@dataclass
class Server:
    """What lies at an address, by name; ``sizes``: what a listing says where it is not so."""

    held: dict[str, bytes]
    sizes: dict[str, int] = field(default_factory=dict)
    times: dict[str, int] = field(default_factory=dict)
    trouble: dict[str, Exception] = field(default_factory=dict)
    fetched: list[str] = field(default_factory=list)

    def listed(self) -> list[Listed]:
        return [
            Listed(name, self.sizes.get(name, len(data)), self.times.get(name, NIGHT), str(data))
            for name, data in self.held.items()
        ]

    def fetch(self, name: str, path: Path) -> None:
        self.fetched.append(name)
        if name in self.trouble:
            path.write_bytes(self.held[name][:1])  # half of it
            raise self.trouble[name]
        path.write_bytes(self.held[name])


@pytest.fixture
def target(tmp_path) -> Path:
    return tmp_path / "p" / "inbox"


def found(target: Path) -> dict[str, bytes]:
    files = (p for p in target.rglob("*") if p.is_file())
    return {p.relative_to(target).as_posix(): p.read_bytes() for p in files}


def mirrored(server: Server, target: Path) -> Mirrored:
    return mirror(server, target)  # type: ignore[arg-type]


def test_only_what_is_new_or_changed_is_fetched(target):
    server = Server({"收件/a.xlsx": b"1", "b.xlsx": b"2", "c/d.xlsx": b"3"})
    mirrored(server, target)
    assert found(target) == server.held
    assert (target / "b.xlsx").stat().st_mtime_ns == NIGHT
    server.held |= {"b.xlsx": b"9", "new": b"5"}  # as long as before
    server.times["收件/a.xlsx"] = NIGHT + 10**9
    del server.held["c/d.xlsx"]
    server.fetched.clear()
    made = mirrored(server, target)
    assert sorted(server.fetched) == ["b.xlsx", "new", "收件/a.xlsx"]
    assert (made.fetched, made.kept, made.removed) == (3, 0, 1)
    assert found(target) == server.held and not (target / "c").exists()


def test_a_server_that_tells_no_times_and_no_marks_is_believed_nothing(target, monkeypatch):
    server = Server({"a": b"1"}, times={"a": 0})
    real = server.listed
    monkeypatch.setattr(
        server, "listed", lambda: [replace(one, mark="") for one in real()], raising=False
    )
    mirrored(server, target)
    server.held["a"] = b"2"
    mirrored(server, target)
    assert found(target) == server.held


def test_what_was_changed_or_put_here_is_put_right(target):
    server = Server({"a": b"1", "b": b"2", "c": b"3"})
    mirrored(server, target)
    (target / "a").write_bytes(b"x")
    (target / "b").unlink()
    (target / "b").symlink_to("/etc/hostname")
    (target / "other").write_bytes(b"x")
    (target / "linked").symlink_to("/etc")
    server.fetched.clear()
    mirrored(server, target)
    assert sorted(server.fetched) == ["a", "b"]
    assert {p.name: p.is_symlink() for p in target.iterdir()} == dict.fromkeys("abc", False)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("../x.xlsx", "“..”"),
        ("a/../../x.xlsx", "“..”"),
        ("/etc/x.xlsx", "空的"),
        ("a//x.xlsx", "空的"),
        ("./x.xlsx", "“.”"),
        ("a\0.xlsx", "空字符"),
        ("长" * 90 + ".xlsx", "过长"),
        ("/".join(["长" * 80] * 20) + ".xlsx", "过长"),
        ("d/", "空的"),
    ],
)
def test_a_key_that_can_be_no_file_is_reported_and_never_fetched(target, tmp_path, name, why):
    server = Server({name: b"1", "good.xlsx": b"2"})
    made = mirrored(server, target)
    assert server.fetched == ["good.xlsx"] and found(target) == {"good.xlsx": b"2"}
    (left,) = made.left
    assert left.status == "quarantined" and why in left.reason and "改名" in left.reason
    assert left.file and left.sha256 is None
    assert {p.name for p in tmp_path.rglob("*.xlsx")} == {"good.xlsx"}


def test_odd_names_that_can_be_files_are_files(target):
    names = ["a\\..\\b.xlsx", "st*r[1]?.xlsx", "换\n行.xlsx", "空 格%2F.xlsx", "-rf", "x.."]
    server = Server({name: name.encode() for name in names})
    made = mirrored(server, target)
    assert found(target) == server.held and made.left == []


def test_marks_of_folders_are_none_of_ours(target):
    server = Server({"d/": b"", "d/a.xlsx": b"1", "e/": b""})
    made = mirrored(server, target)
    assert found(target) == {"d/a.xlsx": b"1"} and made.left == []


def test_a_file_with_the_name_of_a_folder(target):
    server = Server({"a": b"1", "a/b/c": b"2"})
    made = mirrored(server, target)
    assert found(target) == {"a/b/c": b"2"}
    assert [left.file for left in made.left] == ["a"] and "同名" in made.left[0].reason
    mirrored(Server({"a": b"1"}), target)
    assert found(target) == {"a": b"1"}
    mirrored(Server({"a/b": b"1"}), target)
    assert found(target) == {"a/b": b"1"}


def test_what_nobody_opens_is_there_without_content(target):
    server = Server(
        {"~$a.xlsx": b"12", "b.xlsx.part": b"123", "大.xlsx": b"1", "大.jpg": b"1"},
        sizes={"大.xlsx": LIMITS.file_bytes + 1, "大.jpg": LIMITS.file_bytes + 1},
    )
    mirrored(server, target)
    assert server.fetched == []
    files = {f.file: (f.status, f.size) for f in discover(target, settle_seconds=0)}
    assert files == {
        "~$a.xlsx": ("ignored", 2),
        "b.xlsx.part": ("ignored", 3),
        "大.xlsx": ("quarantined", LIMITS.file_bytes + 1),
        "大.jpg": ("ignored", LIMITS.file_bytes + 1),
    }


def test_what_does_not_come_is_never_half_there(target):
    server = Server({"a": b"11", "b": b"22", "c": b"33"})
    server.trouble["b"] = Unreachable("reset")
    with pytest.raises(Unreachable):
        mirrored(server, target)
    assert all(data == server.held[name] for name, data in found(target).items())
    assert "b" not in found(target)
    assert sorted(p.name for p in target.parent.iterdir()) == ["inbox", "inbox.mirrored.json"]
    server.trouble.clear()
    mirrored(server, target)
    assert found(target) == server.held


def test_a_run_that_was_killed_leaves_nothing_in_the_way(target):
    aside = target.with_name("inbox.fetching")
    aside.mkdir(parents=True)
    (aside / "half").write_bytes(b"1")
    target.with_name("inbox.mirrored.json").write_text('{"a": [1,')
    server = Server({"a": b"1"})
    mirrored(server, target)
    assert found(target) == server.held and not aside.exists()


def test_what_moves_goes_or_is_denied_meanwhile_costs_only_itself(target):
    mirrored(Server({"denied": b"0"}), target)
    server = Server({"a": b"1", "moving": b"22", "gone": b"3", "denied": b"4"}, {"moving": 9})
    server.trouble["gone"] = FileNotFoundError()
    denied = Unreachable("PermissionError：Access Denied")
    denied.__cause__ = PermissionError()
    server.trouble["denied"] = denied
    made = mirrored(server, target)
    assert found(target) == {"a": b"1"}  # of the denied one not what it was before
    said = {left.file: (left.status, left.reason) for left in made.left}
    assert said["moving"][0] == said["gone"][0] == "waiting"
    assert said["denied"][0] == "quarantined" and "权限" in said["denied"][1]


def test_nothing_is_written_through_a_link_that_stands_where_a_folder_was(target, tmp_path):
    server = Server({"d/a": b"1"})
    mirrored(server, target)
    (target / "d" / "a").unlink()
    os.rmdir(target / "d")
    outside = tmp_path / "outside"
    outside.mkdir()
    (target / "d").symlink_to(outside)
    mirrored(server, target)
    assert list(outside.iterdir()) == [] and found(target) == {"d/a": b"1"}


def test_addresses_carry_no_keys():
    assert checked("s3://桶/前缀/") == "s3://桶/前缀"
    for wrong in ("s3://key:secret@bucket/x", "s3://", "s3:///", "s3://a/b?x=1", "://a"):
        with pytest.raises(ValueError, match=r"地址|应写作"):
            checked(wrong)
    assert "secret" not in masked("no http://key:secret@host/x")
