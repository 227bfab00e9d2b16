from pathlib import Path

import pytest

from config.loader import check_settings_text, load_settings
from config.models import Settings
from config.problems import ConfigError
from config.profile import check_profile_text, load_profile, profile_names

DEFAULT = Path(__file__).parents[2] / "config" / "default.toml"


def test_the_documented_file_is_the_models_defaults() -> None:
    assert load_settings(DEFAULT, environment={}) == Settings()


def test_the_environment_wins_over_the_file_and_the_command_line_over_both(tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_text("[server]\nport = 9000\nhost = '10.0.0.1'\n")
    found = load_settings(file, environment={"DIEMCAU_SERVER__PORT": "9001"}, overrides={"server.host": "::1"})
    assert (found.server.port, found.server.host) == (9001, "::1")


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ("[server]\nport = 0\n", 2, "server.port"),
        ("[server]\n\nprot = 1\n", 3, "server.prot"),
        ("[media]\nannounce = 5\n", 2, "media.announce"),
        ("[server\n", 1, "(syntax)"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(text: str, line: int, key: str) -> None:
    (problem,) = check_settings_text(text, source="x.toml")
    assert (problem.line, problem.key) == (line, key)
    assert str(problem).startswith("x.toml:")


def test_a_missing_file_says_so() -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_settings(Path("/nowhere.toml"), environment={})


@pytest.mark.parametrize("name", profile_names())
def test_every_profile_that_is_shipped_is_valid(name: str) -> None:
    profile = load_profile(name)
    assert profile.name == name
    assert profile.roles.delegate.camera.layers[0].rid == "q"


def test_a_wrong_profile_is_refused_with_line_key_and_range() -> None:
    text = (DEFAULT.parent / "profiles" / "30-5.toml").read_text().replace("media_share = 0.8", "media_share = 1.8")
    problems = check_profile_text(text, source="p.toml")
    assert {problem.key for problem in problems} >= {"site.media_share", "roles.central.media_share"}
    assert all("0.95" in problem.message and problem.line for problem in problems)
