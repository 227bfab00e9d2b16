"""What `make bench-links` makes of what it sees, without a network."""

from typing import Any

import pytest

from benchmarks.clip import Clip
from benchmarks.judge import StreamJudge
from benchmarks.links.cases import CASES, chosen
from benchmarks.links.figures import Reader, figures_of, jain, percentile
from benchmarks.links.meter import ArrivalMeter, VoiceLog
from benchmarks.links.network import LineCounts
from benchmarks.links.report import table, target_table
from benchmarks.links.running_case import Observation, PictureLook, Sample, lines_profile, richer
from benchmarks.links.targets import verdicts
from benchmarks.receiving import MediaReceiver, ReceivePlan
from benchmarks.sending import red_payload
from config.profile_text import parse_profile
from sfu.codecs.opus import parse_red_untrusted


def test_every_case_has_a_name_of_its_own_and_a_wrong_name_is_refused() -> None:
    assert len({case.name for case in CASES}) == len(CASES)
    assert [case.name for case in chosen(["loss-10"])] == ["loss-10", "loss-10-0.6"]
    with pytest.raises(ValueError, match="no case nothing"):
        chosen(["nothing"])


def test_the_profile_of_the_shaped_lines_is_one_whose_lines_do_not_bind() -> None:
    profile = parse_profile(lines_profile(), source="lines.toml", name="lines")
    assert profile.name == "lines"
    assert profile.roles.delegate.line_down_bps >= 200_000_000
    assert profile.site.up_bps >= 1_000_000_000


def test_redundant_voice_is_what_the_server_reads() -> None:
    blocks = parse_red_untrusted(memoryview(red_payload(b"now", b"before", payload_type=111)))
    assert [(bytes(each.data), each.timestamp_offset) for each in blocks] == [(b"before", 960), (b"now", 0)]


def test_a_redundant_voice_misses_only_what_two_packets_lost_in_a_row() -> None:
    plain, redundant = VoiceLog(redundant=False), VoiceLog(redundant=True)
    for number in (65_533, 65_534, 0, 1, 4, 5):  # 65,535 is lost alone, 2 and 3 together
        for log in (plain, redundant):
            log.add(number, 10.0 + number * 1e-6, 0.0)
    assert plain.heard(0, 20, base_s=0.0) == (9, 3)
    assert redundant.heard(0, 20, base_s=0.0) == (9, 1)


def test_a_voice_that_comes_too_late_is_not_heard() -> None:
    log = VoiceLog(redundant=False)
    for number, late in enumerate((0.0, 0.3, 0.1)):
        log.add(number, 10.0 + number, late)
    assert log.heard(0, 20, base_s=0.0) == (3, 1)


def test_a_key_frame_ends_the_wait_for_what_was_before_it() -> None:
    judge = StreamJudge(audio=False, clock_rate_hz=90_000)
    for number in (1, 2, 5):
        judge.on_packet(number, 3000, False, 1000, 1.0)
    assert len(judge.gaps.missing) == 2
    judge.begin_anew()
    judge.on_packet(6, 3000, True, 1000, 1.1)
    assert not judge.gaps.missing
    assert judge.frames.frames == 1
    assert judge.lost == 2


def observation() -> Observation:
    """Twenty seconds of 1 Mb/s of which 80 % are used; then 0.5 Mb/s, full, with a queue of 100 ms for a second."""
    case = chosen(["step"])[0]
    seen = Observation(case=case, pinned=False, begun_s=1000.0)
    no_link: Any = None
    meter = ArrivalMeter(MediaReceiver(no_link, ReceivePlan(payload_types={})))
    seen.meters.append(meter)
    total = 0
    for step in range(300):
        at = step * 0.2
        rate = case.rate_at(at)
        total += int(rate * 0.8 * 0.2 / 8)
        counts = LineCounts(bytes=total, packets=step * 10, dropped=0, waiting_bytes=0)
        seen.samples.append(Sample(at_s=at, lines=[counts], site=None, estimates_bps=[int(0.95 * rate)]))
        look = PictureLook(frames=step * 5, freezes=step // 100, frozen_s=0.0, longest_s=0.3, switches=step // 60)
        seen.looks.append((at, [{1: look}]))
    for step in range(600):
        at = step * 0.1
        meter.arrivals_s.append(1000.0 + at)
        meter.delays_s.append(5.0 + (0.1 if 20 <= at < 21 else 0.0))
        meter.sizes.append(1200)
    return seen


def test_figures_are_of_what_was_seen() -> None:
    figures = figures_of(observation())
    assert figures["used"] == pytest.approx(0.8, abs=0.01)
    assert figures["estimate"] == pytest.approx(0.95, abs=0.01)
    assert figures["line_loss"] == 0
    assert figures["steps"][0]["short_queue_after_s"] == pytest.approx(1.0, abs=0.11)
    assert figures["steps"][1]["used_after_s"] is None
    assert figures["steps"][1]["estimate_after_s"] == pytest.approx(0.4, abs=0.21)
    assert figures["queue_p95_s"] == pytest.approx(0.0, abs=0.001)
    assert figures["switches_per_minute"] == pytest.approx(5, abs=1.5)


def test_a_target_is_met_or_not_or_not_run() -> None:
    judged = {(each.case, each.promise): each for each in verdicts({"step": figures_of(observation())})}
    assert judged["step", "5 → 1 Mb/s: queue under 50 ms within 1.5 s"].met is True
    assert judged["step", "1 → 5 Mb/s: traffic at 90 % within 5 s"].met is False
    assert judged["site-30", "nothing lost on the site's line"].met is None
    assert "| not run |" in target_table(list(judged.values()))


def test_the_table_has_a_line_for_each_run() -> None:
    figures = figures_of(observation())
    text = table(CASES, {"step": figures, "step/fixed": figures})
    assert text.count("5 → 1 → 5 Mb/s") == 2
    assert "| 80% | 95% |" in text


def test_small_sums() -> None:
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert percentile([], 0.5) == 0.0
    assert jain([2.0, 2.0]) == pytest.approx(1.0)
    assert jain([4.0, 0.0]) == pytest.approx(0.5)
    assert Reader(observation()).use_between(0, 0.1) == 0.0


def test_richer_pictures_keep_their_first_bytes() -> None:
    clip = richer(Clip(video={"q": [[b"key"], [b"a", b"b"]]}, audio=[b"v"]), 3)
    assert clip.video["q"] == [[b"key"] * 3, [b"a", b"b"] * 3]
