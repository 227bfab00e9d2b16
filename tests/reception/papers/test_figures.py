"""Figures of papers against a session of which each is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from config.office_texts import check_texts, shipped_texts
from config.problems import ConfigError
from reception.line_record import LineSum
from reception.papers.annex import annex, coverage
from reception.papers.compose import csv_table, period_paper, session_paper
from reception.papers.facts import GapFact, standstills
from reception.papers.register import register
from reception.papers.statistics import Figures, Selection, figures_of, statistics
from reception.papers.tables import Column, Table, csv_text
from reception.papers.technical import equipment
from reception.permissions import Extent
from tests.reception.papers.known import CENTRE, COMMUNE, EVENTS, FACTS, NUMBER, RECORDING, TEXTS, at, event, other

TODAY = date(2026, 12, 15)  # the second conclusion is overdue, the first is not


def test_the_figures_of_the_known_session() -> None:
    # Two matters. The plan's group of six came for the first, not for the first time; one person for the other.
    assert figures_of(FACTS, today=TODAY) == Figures(
        sessions=1,
        periodic=1,
        turns=2,
        people=7,
        matters=2,
        first=1,
        repeated=1,
        large_groups=1,
        concluded=1,
        refused=1,
        tasks=2,
        overdue=1,
    )


def test_sums_of_each_dimension_are_the_whole_and_rehearsals_count_nowhere() -> None:
    sessions = [FACTS, other(1, matter_class=3), other(2, kind="vu_viec", competent_level="xa", group_size=7)]
    never = replace(other(3), record=replace(other(3).record, started_at=None))
    found = statistics([*sessions, other(4, kind="rehearsal"), never], Selection(), TEXTS, today=TODAY)
    assert found.sessions == found.total.sessions == 3
    assert (found.total.people, found.total.large_groups, found.total.ad_hoc) == (14, 2, 1)
    for table in found.tables:
        if table.key != "theo_ket_qua":
            for column in table.columns[1:]:
                assert sum(int(str(row[column.key])) for row in table.rows) == getattr(found.total, column.key), table
    by_class = next(each for each in found.tables if each.key == "theo_nhom")
    assert [(str(row["value"])[:2], row["sessions"]) for row in by_class.rows] == [("3.", 2), ("6.", 1)]


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        ({"begins": date(2026, 11, 30)}, ["TCD-2026-11-0001"]),
        ({"ends": date(2026, 11, 29)}, ["TCD-2026-11-0002", "TCD-2026-11-0003"]),
        ({"level": "xa"}, ["TCD-2026-11-0003"]),
        ({"matter_class": 3}, ["TCD-2026-11-0001"]),
        ({"place": "UBND xã Tương Dương"}, ["TCD-2026-11-0003"]),
        ({"result": "tu_choi"}, ["TCD-2026-11-0001"]),
        ({"result": "chuyen"}, []),
    ],
)
def test_what_a_selection_takes(asked: dict[str, Any], codes: list[str]) -> None:
    commune = other(2, competent_level="xa", host_organisation="UBND xã Tương Dương")
    taken = [each.record.code for each in (FACTS, other(1), commune) if Selection(**asked).takes(each)]
    assert sorted(taken) == codes


def test_a_day_is_vietnams_not_utcs() -> None:
    late = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)  # 06:30 on the first of December
    facts = replace(FACTS, record=replace(FACTS.record, started_at=late))
    assert Selection(begins=date(2026, 12, 1), ends=date(2026, 12, 1)).takes(facts)
    assert not Selection(ends=date(2026, 11, 30)).takes(facts)


def test_the_result_asked_for_counts_its_matters_alone() -> None:
    figures = figures_of(FACTS, today=TODAY, result="tu_choi")
    assert (figures.matters, figures.refused, figures.concluded, figures.people) == (1, 1, 0, 1)


def test_the_register_has_a_row_for_each_matter_with_masked_numbers() -> None:
    table = register([FACTS, other(1)], TEXTS)
    first, second = table.rows
    assert first["ho_ten"] == "Lô Văn Tám; Lô Thị Mai"  # the lawyer comes with them and is no citizen received
    assert (first["so_nguoi"], first["doan_dong"], first["lan_tiep"]) == (6, "x", "Nhiều lần")
    assert (second["so_nguoi"], second["doan_dong"], second["loai"]) == (1, "", "KNPA")
    text = csv_text(table)
    assert NUMBER not in text
    assert "••••••6789" in text
    assert text.startswith("\ufeffSTT,Ngày tiếp,")
    masked = register([replace(FACTS, extent=Extent.MASKED)], TEXTS)
    assert masked.rows[0]["dia_chi"] == ""


def test_columns_of_the_register_are_the_offices() -> None:
    own = shipped_texts().partition("[register]")[0] + '[register]\ncolumns = ["ho_ten = Ông, bà", "ma", "stt"]\n'
    table = register([FACTS], check_texts(own, source="own.toml"))
    assert csv_text(table).splitlines()[0] == '\ufeff"Ông, bà",ma,stt'


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"stt = STT"', '"so_thu_tu = STT"', "so_thu_tu"),
        ("result_notice_days = 10", "result_notice_days = 0", "limits.result_notice_days"),
        ("result_notice_days = 10", "result_notice_dais = 10", "result_notice_days?"),
        ('6 = "Trường hợp khác khi cần thiết"', "", "matter_classes"),
        ('version = "2026-1"', "version = 2026-1", "(syntax)"),
    ],
)
def test_a_wrong_text_is_refused_with_its_line_and_key(old: str, new: str, said: str) -> None:
    assert old in shipped_texts()
    with pytest.raises(ConfigError) as raised:
        check_texts(shipped_texts().replace(old, new), source="legal.toml")
    assert said in str(raised.value)
    assert raised.value.problems[0].line > 0


def test_standing_still_is_told_with_its_kind_length_and_reason() -> None:
    found = standstills([*EVENTS, event(7, "pause", 4000)])
    assert [(each.kind, each.begins, each.ends) for each in found] == [
        ("pause", at(600), at(720)),
        ("interrupt", at(1000), at(1030)),
        ("pause", at(4000), None),
    ]
    assert found[1].reason == "server_restarted"


def test_coverage_counts_gaps_that_overlap_once() -> None:
    everybody, commune = coverage(FACTS), coverage(FACTS, COMMUNE.id)
    assert everybody is not None
    assert commune is not None
    assert (everybody.missing_s, round(everybody.share, 4)) == (18, 0.995)
    assert (commune.missing_s, round(commune.share, 4)) == (36, 0.99)  # 1000 to 1018 of all, 1010 to 1036 its own
    late = replace(FACTS, recording=replace(RECORDING, begins=at(60), ends=at(3540), gaps=()))
    found = coverage(late)
    assert found is not None
    assert found.missing_s == 120
    assert coverage(replace(FACTS, recording=None)) is None
    gone = GapFact(endpoint_id="", cause="", begins=at(-50), ends=at(9999))
    whole = coverage(replace(FACTS, recording=replace(RECORDING, gaps=(gone,))))
    assert whole is not None
    assert whole.share == 0


def test_the_annex_tells_availability_loss_and_interruptions() -> None:
    endpoints, sessions, interruptions, incidents = annex([FACTS])
    row = next(each for each in endpoints.rows if each["diem_cau"] == COMMUNE.name)
    assert (row["san_sang"], row["gian_doan"], row["gian_doan_s"]) == (0.98, 2, 68)
    assert (row["mat_goi_len"], row["mat_goi_xuong"], row["tre_ms"]) == (0.02, 0.005, pytest.approx(80))
    assert (row["len_mbps"], row["xuong_mbps"], row["kiem_tra"]) == (1.5, 2.25, "Bỏ qua có lý do")
    (session,) = sessions.rows
    assert (session["mo_s"], session["tam_dung_s"], session["gian_doan_s"], session["gian_doan"]) == (3600, 120, 30, 1)
    assert (session["san_sang"], session["kiem_tra"], session["nhan_luc_h"]) == (0.99, 0.5, 2)
    assert (session["ma_bam"], session["dung_luong"], session["su_co"]) == (RECORDING.seal, 123.4, 1)
    assert len(interruptions.rows) == 2 + 2 + 2  # standing still, the endpoint's outages, the recording's gaps
    assert incidents.rows == ({"loai": "Mất kết nối", "so_lan": 1, "da_xong": 1, "xu_ly_s": 60.0},)


def test_seconds_become_availability_and_outages() -> None:
    line = LineSum()
    for second, here in enumerate([True, False, True, True, False, False, False, False, False, True]):
        line.second(here=here, now=at(second))
    # Gone for one second is a change of connection; gone from the fourth to the ninth is an outage of five.
    assert (line.expected_s, line.here_s, line.outages) == (10, 4, 1)
    assert [each.seconds for each in line.missing] == [5]
    line.second(here=False, now=at(10))
    assert [each.seconds for each in line.all_outages(at(20))] == [5, 10]
    line.measured(up_bps=1000, down_bps=3000, loss_up=0.1, loss_down=0.0, rtt_s=0.1)
    line.measured(up_bps=3000, down_bps=3000, loss_up=0.3, loss_down=0.0, rtt_s=None)
    assert (line.mean(line.up_bits), line.mean(line.loss_up), line.rtt_ms) == (2000, 0.2, 100)
    assert LineSum.model_validate(line.model_dump(mode="json")) == line


def test_minutes_tell_what_the_procedure_asks_for() -> None:
    told = session_paper("minutes", FACTS).context
    assert told["number"] == "12/BB-TCD"
    assert told["began"] == "08 giờ 00 phút, ngày 30/11/2026"
    assert (told["lasted"], told["paused"], told["interrupted"]) == (
        "1 giờ 00 phút 00 giây",
        "2 phút 00 giây",
        "30 giây",
    )
    assert told["place_date"].endswith("ngày 30 tháng 11 năm 2026")
    assert [each["name"] for each in told["delegates"]] == [COMMUNE.name]
    assert told["delegates"][0]["people_line"].startswith("Lô Văn Bảy, Chủ tịch UBND xã, có mặt; Kha Văn Một")
    assert told["central"][0]["technician"] == "Hồ Sỹ Hai, 0912000111"
    assert {each["id_number"] for each in told["citizens"]} == {"••••••6789", "••••••"}
    matter = next(item for item in told["items"] if item["title"].startswith("Vụ đất"))
    assert [each["text"] for each in matter["content"]] == ["Đề nghị xem lại\ndiện tích {{ title }}"]
    assert [each["text"] for each in matter["opinions"]] == ["Sẽ đo đạc lại"]
    assert "RIÊNG CỦA THƯ KÝ" not in str(told)
    assert [each["deadline"] for each in told["conclusions"]] == ["31/12/2026", "01/12/2026"]
    assert [(each["endpoint"], each["lasted"]) for each in told["outages"]] == [(COMMUNE.name, "1 phút 03 giây")]
    assert [each["lasted"] for each in told["gaps"]] == ["18 giây", "26 giây"]
    assert told["recording"]["seal"] == RECORDING.seal
    signed = {each["endpoint"]: [s["state_words"] for s in each["people"]] for each in told["signatures"]}
    assert signed == {
        CENTRE.name: ["Đã ký"],
        COMMUNE.name: ["Điểm chỉ", "Từ chối ký (lý do: Chưa đồng ý)"],
    }


def test_minutes_of_one_room_have_its_signatures_and_hide_the_others_citizens() -> None:
    bound = replace(FACTS, extent=Extent.OWN_UNIT, own=frozenset({CENTRE.id}))
    told = session_paper("minutes", bound, room=CENTRE.id).context
    assert told["copy_for"] == CENTRE.name
    assert [each["endpoint"] for each in told["signatures"]] == [CENTRE.name]
    addresses = {each["name"]: each["address"] for each in told["citizens"]}
    assert addresses["Lô Văn Tám"] == ""
    assert addresses["Hà Thị Chín"] != ""


def test_notices_and_receipts() -> None:
    conclusion = session_paper("conclusion", FACTS).context
    assert conclusion["owners"] == ["Sở Nông nghiệp và Môi trường", "UBND xã Tương Dương"]
    assert [each["outcome"] for each in conclusion["matters"]] == ["Đã kết luận"]
    (refused,) = session_paper("refusal", FACTS).context["refusals"]
    assert "khoản 3 Điều 9" in refused["ground"]
    assert refused["names"] == "Hà Thị Chín"
    assert session_paper("refusal", FACTS, item_id="i2").context["refusals"] == []
    (receipt,) = session_paper("receipt", FACTS).context["receipts"]
    assert (receipt["count"], receipt["pages"], receipt["from_whom"]) == (2, 5, "Lô Văn Tám")


def test_the_plan_names_lines_contacts_and_caps() -> None:
    told = session_paper("plan", FACTS).context
    centre, commune, _ = told["endpoints"]
    assert (centre["technician"], centre["phone"], centre["up"]) == ("Hồ Sỹ Hai", "0912000111", "30,00 Mb/s")
    assert (commune["down"], told["media_budget"], told["recommended_operators"]) == ("5,00 Mb/s", "24,00 Mb/s", 1)
    (first, *_) = equipment(FACTS).rows
    assert (first["thiet_bi"], first["trinh_duyet"]) == ("Poly G7500, TV 75 inch", "Chromium 140")
    assert first["may_anh"] == "1.080p, 25 hình/giây"


def test_csv_has_no_formulas_and_one_table_of_statistics() -> None:
    table = Table(key="t", title="T", columns=(Column(key="a", title="A"),), rows=({"a": "=1+1"}, {"a": 'x,\n"y"'}))
    assert csv_text(table) == '\ufeffA\r\n\'=1+1\r\n"x,\n""y"""\r\n'
    content = period_paper("statistics", [FACTS], Selection(), TEXTS, now=FACTS.now)
    lines = csv_text(csv_table("statistics", content)).splitlines()
    assert lines[0].startswith("\ufeffPhân theo,Giá trị,Số buổi")
    assert any(line.startswith("Theo cấp,Cấp tỉnh,1,") for line in lines)
