"""What the comparison says to each server, and how it reads their cost."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jwt
import pytest

from benchmarks.clip import Clip
from benchmarks.peers import install, janus, livekit, mediasoup, own
from benchmarks.peers.__main__ import chosen
from benchmarks.peers.accounting import (
    TICKS,
    Cost,
    ServerProcess,
    own_cost,
    parse_core_busy,
    parse_stat,
    process_tree,
    until_listening,
)
from benchmarks.peers.plan import EndpointPlan, Watch
from benchmarks.peers.report import ServerFacts
from benchmarks.peers.sdp import TRANSPORT_CC, payload_type, repair_type
from benchmarks.peers.servers import Entrant, entrants
from config.profile_text import parse_profile

CLIP = Clip(video={"q": [[b"1"]], "f": [[b"1"]]}, audio=[b"1"])
PLAN = EndpointPlan(
    index=2, clip=CLIP, rids=("q", "h", "f"), watches=(Watch(publisher=0, rid="f"), Watch(publisher=1, rid="q"))
)
STAT = "4711 (a (strange) name) S 1 1 1 0 -1 4194560 100 0 0 0 250 50 30 20 20 0 9 0 1000 1 1"


def test_a_processs_time_is_its_own_and_its_ended_childrens() -> None:
    assert parse_stat(STAT) == (280 / TICKS, 70 / TICKS)


def test_a_cores_time_leaves_out_idling_waiting_and_steal() -> None:
    text = "cpu  9 9 9 9 9 9 9 9 0 0\ncpu0 1 2 3 1000 500 6 7 800 0 0\ncpu1 100 0 0 0 0 0 0 0 0 0\nintr 1\n"
    assert parse_core_busy(text, 0) == 19 / TICKS
    assert parse_core_busy(text, 1) == 100 / TICKS
    with pytest.raises(ValueError, match="no core 7"):
        parse_core_busy(text, 7)


def test_costs_subtract() -> None:
    before, after = Cost(user_s=1, system_s=2, core_busy_s=3), Cost(user_s=2, system_s=4, core_busy_s=8)
    assert after.since(before) == Cost(user_s=1, system_s=2, core_busy_s=5)
    assert after.since(before).total_s == 3
    assert own_cost().total_s > 0


def test_a_server_is_pinned_and_counted_with_its_children() -> None:
    core = min(os.sched_getaffinity(0))
    code = "import subprocess, sys; child = subprocess.Popen(['sleep', '60']); print('up', flush=True); child.wait()"
    server = ServerProcess([sys.executable, "-c", code], core=core, stdout=subprocess.PIPE)
    try:
        assert server.process.stdout is not None
        assert server.process.stdout.readline() == b"up\n"
        tree = process_tree(server.process.pid)
        assert len(tree) == 2
        assert all(os.sched_getaffinity(pid) == {core} for pid in tree)
        assert server.memory_mib() > 1
        assert server.cost().total_s > 0
    finally:
        for pid in process_tree(server.process.pid)[1:]:
            os.kill(pid, 9)
        server.stop()
    assert server.process.returncode is not None


async def test_a_server_that_ends_at_once_is_not_waited_for() -> None:
    server = ServerProcess(["false"], core=min(os.sched_getaffinity(0)))
    server.process.wait()
    with pytest.raises(RuntimeError, match="ended at once with code 1"):
        await until_listening(1, server)
    server.stop()


def test_janus_layers_by_stream() -> None:
    streams = [
        {"type": "audio", "mid": "0", "feed_id": 1},
        {"type": "video", "mid": "1", "feed_id": 1},
        {"type": "video", "mid": "3", "feed_id": 2},
    ]
    assert janus.choices(streams, PLAN) == [
        {"mid": "1", "substream": 2, "temporal": 2},
        {"mid": "3", "substream": 0, "temporal": 2},
    ]


def test_janus_loads_two_libraries_and_nothing_else(tmp_path: Path) -> None:
    libraries = tmp_path / "libraries"
    folder = tmp_path / "configuration"
    folder.mkdir()
    main = janus.write_configuration(folder, libraries, 8188)
    assert "ice_lite = true" in main.read_text()
    assert f'plugins_folder = "{folder}/plugins"' in main.read_text()
    assert "ws_port = 8188" in (folder / "janus.transport.websockets.jcfg").read_text()
    links = {path.name: path.readlink() for path in folder.glob("*/*.so")}
    assert links == {
        "libjanus_videoroom.so": libraries / "plugins/libjanus_videoroom.so",
        "libjanus_websockets.so": libraries / "transports/libjanus_websockets.so",
    }


def test_livekit_token_lets_only_watchers_subscribe() -> None:
    def grant(plan: EndpointPlan) -> dict[str, Any]:
        claims = jwt.decode(livekit.token(plan), livekit.SECRET, algorithms=["HS256"])
        assert claims["iss"] == livekit.KEY
        assert claims["sub"] == "endpoint-2"
        video: dict[str, Any] = claims["video"]
        return video

    assert grant(PLAN)["canSubscribe"] is True
    silent = EndpointPlan(index=2, clip=CLIP, rids=("f",), watches=())
    assert grant(silent)["canSubscribe"] is False


def test_livekit_camera_names_its_layers() -> None:
    request = livekit.camera_request(PLAN)
    assert [(each["quality"], each["width"]) for each in request["layers"]] == [
        ("LOW", 320),
        ("MEDIUM", 640),
        ("HIGH", 1280),
    ]
    single = livekit.camera_request(EndpointPlan(index=0, clip=CLIP, rids=("f",), watches=()))
    assert [each["quality"] for each in single["layers"]] == ["HIGH"]


OFFER = b"\x1a\x0f\x0a\x05offer\x12\x03sdp\x18\xac\x02"  # field 3: {1: "offer", 2: "sdp", 3: 300}
TRICKLE = b"\x22\x06\x0a\x02{}\x10\x01"  # field 4: {1: "{}", 2: 1}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ('{"pong":"1"}', {"pong": "1"}),
        (OFFER, {"offer": {"sdp": "sdp", "id": 300}}),
        (TRICKLE, {"trickle": {"candidateInit": "{}"}}),
        (b"\x0a\x02hi", {}),
        (b"", {}),
    ],
)
def test_livekit_messages_in_json_and_protobuf(data: str | bytes, message: dict[str, Any]) -> None:
    assert livekit.read_message(data) == message


def test_protobuf_fields_end_at_a_kind_that_is_not_read() -> None:
    assert list(livekit.protobuf_fields(b"\x08\x05\x15abcd\x08\x06")) == [(1, 5)]


def test_mediasoup_parameters_become_the_section_that_others_would_offer() -> None:
    options = mediasoup.produce_options("video", "1", [{"rid": "q"}, {"rid": "f"}])
    parameters = options["rtpParameters"]
    assert parameters["encodings"] == [{"rid": "q"}, {"rid": "f"}]
    assert {"type": "nack", "parameter": "pli"} in parameters["codecs"][0]["rtcpFeedback"]
    section = mediasoup.section_of("video", parameters)
    assert payload_type(section, "vp8") == 96
    assert repair_type(section, 96) == 97
    assert section.extensions[TRANSPORT_CC] == 3
    audio = mediasoup.section_of("audio", mediasoup.produce_options("audio", "0", [{"ssrc": 1}])["rtpParameters"])
    assert payload_type(audio, "opus") == 111


@pytest.mark.parametrize("key", ["ip", "address"])  # its name differs between releases
def test_mediasoup_transport_as_a_description(key: str) -> None:
    transport = {
        "iceParameters": {"usernameFragment": "u", "password": "p"},
        "iceCandidates": [{key: "127.0.0.1", "port": 4000}],
        "dtlsParameters": {"fingerprints": [{"algorithm": "sha-256", "value": "00"}]},
    }
    description = mediasoup.description_of(transport, [])
    assert description.address == ("127.0.0.1", 4000)
    assert description.fingerprints == (("sha-256", "00"),)
    assert (description.ufrag, description.password) == ("u", "p")


def test_the_profile_of_the_comparison_is_valid_and_limits_nothing() -> None:
    profile = parse_profile(own.unlimited_profile(), source="test")
    assert profile.site.up_bps == own.SITE_BPS
    assert profile.roles.delegate.line_down_bps == own.LINE_BPS
    assert profile.roles.central.camera.layers[-1].rid == "f"


def test_subprojects_that_would_be_downloaded_name_the_systems_libraries(tmp_path: Path) -> None:
    (tmp_path / "openssl.wrap").write_text("[wrap-file]\n")
    install.replace_subprojects(tmp_path)
    assert list(tmp_path.glob("*.wrap")) == []
    assert "openssl_dep = dependency('openssl')" in (tmp_path / "openssl/meson.build").read_text()
    assert "option('build_tests'" in (tmp_path / "libuv/meson_options.txt").read_text()


def test_servers_are_chosen_by_parts_of_their_names() -> None:
    candidates = [Entrant(ServerFacts(name=name), None) for name in ("Điểm Cầu", "Janus", "LiveKit")]
    assert chosen("", candidates) == candidates
    assert [each.facts.name for each in chosen("janus, cầu", candidates)] == ["Điểm Cầu", "Janus"]
    with pytest.raises(SystemExit, match="no server is called x"):
        chosen("x", candidates)


def test_a_peer_that_is_not_there_is_skipped_with_the_way_to_have_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchmarks.peers.servers.CACHE", tmp_path)
    monkeypatch.setattr("benchmarks.peers.janus.library_folder", lambda: None)
    found = {each.facts.name: each for each in entrants(0)}
    assert list(found) == ["Điểm Cầu", "Janus", "LiveKit", "mediasoup", "aiortc (naive)"]
    for name in ("Janus", "LiveKit", "mediasoup"):
        assert found[name].make is None
        assert install.BY_HAND[name] in found[name].facts.skipped
    assert found["Điểm Cầu"].make is not None
    assert found["aiortc (naive)"].make is not None
