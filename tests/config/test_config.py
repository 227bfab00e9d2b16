from pathlib import Path

import pytest

from config.loader import check_settings_text, load_settings
from config.models import Settings
from config.problems import ConfigError

DEFAULT = Path(__file__).parents[2] / "config" / "default.toml"


def test_the_documented_file_is_the_models_defaults() -> None:
    assert load_settings(DEFAULT, environment={}) == Settings()


def test_the_environment_wins_over_the_file_and_the_command_line_over_both(tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_text("[server]\nport = 9000\nhost = '10.0.0.1'\n")
    found = load_settings(file, environment={"DIEMCAU_SERVER__PORT": "9001"}, overrides={"server.host": "::1"})
    assert (found.server.port, found.server.host) == (9001, "::1")


@pytest.mark.parametrize(
    ("text", "line", "key", "says"),
    [
        ("[server]\nport = 0\n", 2, "server.port", "a whole number from 1 to 65_535"),
        ("[server]\nport = '9000'\n", 2, "server.port", "a whole number from 1 to 65_535"),
        ("[server]\nport = true\n", 2, "server.port", "a whole number from 1 to 65_535"),
        ("[server]\nport = 80.5\n", 2, "server.port", "a whole number from 1 to 65_535"),
        ("[server]\n\nprot = 1\n", 3, "server.prot", "did you mean port?"),
        ("[sever]\nport = 1\n", 1, "sever", "did you mean server?"),
        ("[media]\nzzz = 1\n", 2, "media.zzz", "here there are: tcp_port, announce"),
        ("[media]\nannounce = 5\n", 2, "media.announce", "a list"),
        ("[media]\nannounce = [5]\n", 2, "media.announce.0", "text"),
        ("[media]\ngso = 'maybe'\n", 2, "media.gso", 'one of "auto", "on", "off"'),
        ("[recording]\nrehearsals = 1\n", 2, "recording.rehearsals", "true or false"),
        ("[recording]\nwarn_free_hours = nan\n", 2, "recording.warn_free_hours", "a number from 0 to 1000"),
        ("[auth]\nendpoint_hours = 0\n", 2, "auth.endpoint_hours", "a number above 0, at most 8760"),
        ("default_profile = '../x'\n", 1, "default_profile", "letters a to z, digits and -"),
        ("default_profile = '/etc/x.toml'\n", 1, "default_profile", "letters a to z, digits and -"),
        ("media = 3\n", 1, "media", "a table"),
        ("[server\n", 1, "(syntax)", "not TOML"),
        ("[server]\nport = 1\nport = 2\n", 3, "(syntax)", "not TOML"),
    ],
)
def test_a_wrong_file_is_refused_with_line_key_and_what_is_allowed(text: str, line: int, key: str, says: str) -> None:
    (problem,) = check_settings_text(text, source="x.toml")
    assert (problem.line, problem.key) == (line, key)
    assert says in problem.message.en
    assert problem.message.vi
    assert str(problem).startswith("x.toml:")


def test_the_profiles_directory_is_in_the_data_directory_unless_it_is_named() -> None:
    assert load_settings(None, environment={}, overrides={"server.data": "/d"}).profiles_path == Path("/d/profiles")
    assert load_settings(None, environment={}, overrides={"profiles_dir": "/p"}).profiles_path == Path("/p")


def test_a_missing_file_says_so() -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_settings(Path("/nowhere.toml"), environment={})


def test_a_byte_order_mark_of_windows_editor_is_no_fault(tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_bytes(b"\xef\xbb\xbf[server]\r\nport = 9000\r\n")
    assert load_settings(file, environment={}).server.port == 9000
