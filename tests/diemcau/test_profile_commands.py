"""The commands that check, list and show profiles."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from config.profile import shipped_text
from diemcau.cli import app

GOOD = shipped_text("30-5")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "thu.toml"


@pytest.mark.parametrize("command", ["profile", "config"])
def test_a_right_profile_is_said_to_be_one(command: str, file: Path) -> None:
    file.write_text(GOOD)
    result = run(command, "check", file)
    assert result.exit_code == 0
    assert "OK (profile)" in result.stdout


@pytest.mark.parametrize("command", ["profile", "config"])
def test_a_wrong_profile_ends_with_2_and_one_line_for_each_fault(command: str, file: Path) -> None:
    file.write_text(GOOD.replace("publish_share = 0.95", "publish_share = 95").replace("audio_red", "audio_rde", 1))
    result = run(command, "check", file)
    assert result.exit_code == 2
    lines = result.stderr.splitlines()
    assert len(lines) == 3  # the wrong name, and the key that is missing for it
    assert f"{file}:15: site.publish_share = 95" in lines[0]
    assert "must be a number from 0.3 to 0.95" in lines[0]
    assert "phải là số từ 0.3 đến 0.95" in lines[0]
    assert any("did you mean audio_red?" in line for line in lines)


def test_a_promise_that_is_not_kept_is_warned_of_and_no_fault(file: Path) -> None:
    file.write_text(GOOD.replace("cap_up_bps = 2_400_000", "cap_up_bps = 4_000_000"))
    result = run("profile", "check", file)
    assert result.exit_code == 0
    assert "warning: " in result.stderr
    assert "enough for 6 delegates" in result.stderr


def test_an_inline_profile_is_not_taken_for_a_configuration(file: Path) -> None:
    file.write_text("name = 'x'\nsite = { up_bps = 3 }\n")
    result = run("config", "check", file)
    assert result.exit_code == 2
    assert "site.up_bps = 3" in result.stderr


def test_a_configuration_is_still_one(file: Path) -> None:
    file.write_text("[server]\nport = 9000\n")
    assert "OK (configuration)" in run("config", "check", file).stdout
    file.write_text("[server]\nprot = 9000\n")
    result = run("config", "check", file)
    assert result.exit_code == 2
    assert "did you mean port?" in result.stderr


def test_a_file_that_is_not_there_ends_with_2(file: Path) -> None:
    result = run("profile", "check", file)
    assert result.exit_code == 2
    assert "cannot be read" in result.stderr


def test_profiles_of_the_data_directory_are_listed_shown_and_simulated_by_name(tmp_path: Path) -> None:
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "xa.toml").write_text(GOOD.replace('"30-5"', '"xa"'))
    (tmp_path / "profiles" / "sai.toml").write_text("name = 3\n")
    listed = run("profile", "list", "--data", tmp_path).stdout.splitlines()
    assert [line.partition(":")[0] for line in listed] == ["30-5", "50-5", "mang-rieng", "mien-nui", "sai", "xa"]
    assert "wrong" in listed[4]
    assert run("profile", "show", "xa", "--data", tmp_path).stdout == GOOD.replace('"30-5"', '"xa"')
    assert run("profile", "show", "sai", "--data", tmp_path).exit_code == 2
    assert run("profile", "show", "../xa", "--data", tmp_path).exit_code == 2
    assert run("simulate", "--profile", "xa", "--data", tmp_path, "--json").exit_code == 0
    assert run("simulate", "--profile", tmp_path / "profiles" / "sai.toml").exit_code == 2


def test_a_server_without_its_default_profile_does_not_start(file: Path) -> None:
    file.write_text("default_profile = 'khong-co'\n")
    result = run("serve", "--config", file, "--data", file.parent / "data")
    assert result.exit_code == 2
    assert "there is no such profile; there are: 30-5" in result.stderr
