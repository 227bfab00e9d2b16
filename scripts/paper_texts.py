"""Minutes, notices and receipts as templates, for scripts/make_paper_templates.py."""

from __future__ import annotations

from paper_layout import BOTH, CENTRE, SMALL_PT, Paper, para, plain_table

SIGNATURE_NOTE = "(Ký, ghi rõ họ tên; không ký được thì điểm chỉ; từ chối ký thì ghi rõ lý do)"


def minutes() -> Paper:
    """Biên bản tiếp công dân trực tuyến."""
    d = Paper()
    d.head()
    d.title("BIÊN BẢN", "Tiếp công dân trực tuyến")
    d.when("copy_for", "(Bản in cho điểm cầu {{ copy_for }})", align=CENTRE, italic=True)
    d.bases()
    d.p(
        "Căn cứ tổ chức trực tuyến: {{ reason_online }}{% if reason_online_note %} – {{ reason_online_note }}{% endif %}."
    )
    d.when("approval", "Phê duyệt: {{ approval }}.")
    d.p(
        "Hôm nay, buổi tiếp công dân “{{ title }}” (mã {{ code }}, {{ kind|lower }}) bắt đầu lúc {{ began }}, kết thúc lúc "
        "{{ ended }}; thời gian mở {{ lasted }}, trong đó tạm dừng {{ paused }}, gián đoạn {{ interrupted }}.",
        align=BOTH,
    )
    d.when("matter_class", "Nhóm vụ việc: {{ matter_class }}.")
    _attendance(d)
    _citizens(d)
    _course(d)
    _conclusions(d)
    _technical(d)
    _signatures(d)
    return d


def _attendance(d: Paper) -> None:
    d.h("I. ĐIỂM CẦU VÀ THÀNH PHẦN THAM GIA")
    d.p("Người chủ trì: {{ chair }}")
    d.p("Thư ký: {{ secretary }}")
    d.when("operators", "Cán bộ điều phối kỹ thuật: {{ operators }}")
    d.when("bodies", "Cơ quan phối hợp: {{ bodies }}")
    for number, group, words in ((1, "central", "Điểm cầu trung tâm"), (2, "delegates", "Các điểm cầu đại biểu")):
        d.p(f"**{number}. {words}**")
        _rooms(d, group)
    d.p("{%p if observers %}")
    d.p("**3. Người giám sát (chỉ theo dõi)**")
    _rooms(d, "observers")
    d.p("{%p endif %}")


def _rooms(d: Paper, group: str) -> None:
    d.p("{%p for room in " + group + " %}")
    d.p(
        "- **{{ room.name }}**{% if room.organisation %} ({{ room.organisation }}){% endif %}"
        "{% if room.place %}, {{ room.place }}{% endif %}"
        "{% if room.technician %}; kỹ thuật viên: {{ room.technician }}{% endif %}",
        align=BOTH,
    )
    d.p("{%p if room.people_line %}")
    d.p("Thành phần: {{ room.people_line }}", align=BOTH, indent=True)
    d.p("{%p endif %}")
    d.p("{%p endfor %}")


def _citizens(d: Paper) -> None:
    d.h("II. CÔNG DÂN, NGƯỜI ĐẠI DIỆN")
    d.p(
        "Số người có mặt được ghi nhận: {{ citizen_count }}.{% if group_size %} Đoàn {{ group_size }} người, cử "
        "{{ representatives }} người đại diện, văn bản cử người đại diện: {{ appointment_paper }}.{% endif %}"
    )
    d.p("{%p if citizens %}")
    d.table(
        "c in citizens",
        [
            ("TT", "{{ c.number }}", 6),
            ("Họ và tên, năm sinh", "{{ c.name }}{% if c.birth_year %}, {{ c.birth_year }}{% endif %}", 18),
            ("Số giấy tờ", "{{ c.id_number }}", 12),
            ("Địa chỉ", "{{ c.address }}", 18),
            (
                "Tư cách; lần tiếp",
                "{{ c.capacity }}; {{ c.times|lower }}{% if c.paper %}; {{ c.paper }}{% endif %}",
                19,
            ),
            ("Điểm cầu; người kiểm tra giấy tờ", "{{ c.endpoint }}{% if c.checked %}; {{ c.checked }}{% endif %}", 18),
            ("Đã được thông báo ghi âm, ghi hình", "{{ c.acknowledged }}", 13),
        ],
        size=10,
    )
    d.p("{%p endif %}")
    d.p("Thông báo về việc ghi âm, ghi hình:{% if not notices %} chưa có xác nhận tại điểm cầu nào.{% endif %}")
    d.each("n in notices", "- {{ n.endpoint }}: {{ n.officer }} xác nhận lúc {{ n.at }}, bản thông báo {{ n.version }}")


def _course(d: Paper) -> None:
    d.h("III. NỘI DUNG BUỔI TIẾP")
    d.p("{%p for item in items %}")
    d.p(
        "**{{ loop.index }}. {{ item.title }}**{% if item.time %} ({{ item.time }}){% endif %} – {{ item.state|lower }}"
        "{% if item.reason %}, lý do: {{ item.reason }}{% endif %}"
    )
    for name, words in (
        ("content", "Nội dung công dân trình bày"),
        ("opinions", "Ý kiến của cơ quan"),
        ("exchange", "Trao đổi, đối thoại"),
    ):
        d.p("{%p if item." + name + " %}")
        d.p(f"{words}:", italic=True)
        d.p("{%p for n in item." + name + " %}")
        d.p(
            "- {% if n.speaker %}{{ n.speaker }}: {% endif %}{{ n.text }}{% if n.at %} ({{ n.at }}){% endif %}",
            align=None,
        )
        d.p("{%p endfor %}")
        d.p("{%p endif %}")
    d.p("{%p for m in item.matters %}")
    d.p(
        "Vụ việc ({{ m.kind|lower }}): {{ m.summary }}{% if m.resolved_by %}; cơ quan đã giải quyết: {{ m.resolved_by }}"
        "{% endif %}{% if m.handling %}; hướng xử lý: {{ m.handling|lower }}{% endif %}; kết quả: {{ m.outcome|lower }}"
        "{% if m.result %} – {{ m.result }}{% endif %}{% if m.ground %} ({{ m.ground }}){% endif %}.",
        align=None,
    )
    d.p("{%p endfor %}")
    d.p("{%p endfor %}")
    d.p("{%p if waived_steps %}")
    d.p("Bước theo quy trình được bỏ qua có lý do:", italic=True)
    d.each("s in waived_steps", "- {{ s.name }}: {{ s.reason }} ({{ s.by }}, {{ s.at }})")
    d.p("{%p endif %}")


def _conclusions(d: Paper) -> None:
    d.h("IV. KẾT LUẬN CỦA NGƯỜI CHỦ TRÌ")
    d.when("not conclusions", "Không có kết luận giao việc.")
    d.p("{%p if conclusions %}")
    d.table(
        "c in conclusions",
        [
            ("TT", "{{ c.number }}", 6),
            ("Việc", "{{ c.task }}", 50),
            ("Đơn vị thực hiện", "{{ c.owner }}", 24),
            ("Thời hạn", "{{ c.deadline }}", 14),
        ],
    )
    d.p("{%p endif %}")
    d.h("V. TÀI LIỆU TIẾP NHẬN")
    d.when("not documents", "Không tiếp nhận tài liệu.")
    d.p("{%p if documents %}")
    d.table(
        "c in documents",
        [
            ("TT", "{{ c.number }}", 6),
            ("Tên tài liệu", "{{ c.name }}", 36),
            ("Số trang", "{{ c.pages }}", 8),
            ("Loại", "{{ c.form }}", 12),
            ("Người giao", "{{ c.from_whom }}", 18),
            ("Nơi nhận, lúc", "{{ c.endpoint }}, {{ c.at }}", 20),
        ],
    )
    d.p("{%p endif %}")


def _technical(d: Paper) -> None:
    d.h("VI. SỰ CỐ KỸ THUẬT VÀ KHOẢNG GIÁN ĐOẠN")
    d.when("not standstills and not outages and not gaps and not incidents", "Không có.")
    d.each(
        "s in standstills",
        "- {{ s.kind }} từ {{ s.begins }} đến {{ s.ends }} ({{ s.lasted }})"
        "{% if s.reason %}: {{ s.reason }}{% endif %}{% if s.by %}; {{ s.by }}{% endif %}",
    )
    d.each(
        "o in outages", "- Điểm cầu {{ o.endpoint }} mất kết nối từ {{ o.begins }} đến {{ o.ends }} ({{ o.lasted }})"
    )
    d.each(
        "g in gaps",
        "- Khoảng gián đoạn bản ghi, {{ g.endpoint }}: từ {{ g.begins }} đến {{ g.ends }} ({{ g.lasted }})"
        "{% if g.cause %}, {{ g.cause }}{% endif %}",
    )
    d.each(
        "i in incidents",
        "- Sự cố “{{ i.kind }}” ({{ i.endpoint }}) từ {{ i.begins }} đến {{ i.ends }}"
        "{% if i.outcome %}: {{ i.outcome }}{% endif %}",
    )
    d.h("VII. BẢN GHI ÂM, GHI HÌNH")
    d.p(
        "Mã phiên: {{ code }}. Bản ghi: {{ recording.state }}{% if recording.began %}, từ {{ recording.began }} đến "
        "{{ recording.ended }}, {{ recording.bytes }}, {{ recording.gaps }} khoảng gián đoạn{% endif %}."
    )
    d.when("recording.seal", "Mã băm bản ghi (SHA-256 của chuỗi chứng cứ): {{ recording.seal_groups }}")
    d.when("retention", "Thời hạn bảo quản: {{ retention }}.")
    d.p("Biên bản được đọc lại cho mọi người cùng nghe, công nhận đúng và ký xác nhận tại từng điểm cầu.", align=BOTH)


def _signatures(d: Paper) -> None:
    d.h("VIII. CHỮ KÝ, ĐIỂM CHỈ TẠI TỪNG ĐIỂM CẦU")
    d.p(SIGNATURE_NOTE, italic=True, align=CENTRE, size=SMALL_PT)
    d.p("{%p for room in signatures %}")
    d.p("**{{ room.endpoint }}**").paragraph_format.keep_with_next = True
    d.table(
        "s in room.people",
        [
            ("Họ và tên", "{{ s.person }}", 26),
            ("Tư cách", "{{ s.capacity }}", 24),
            ("Ký tên hoặc điểm chỉ", "", 26),
            ("Tình trạng", "{{ s.state_words }}{% if s.at %}, {{ s.at }}{% endif %}", 24),
        ],
        row_mm=20,
    )
    d.p("{%p endfor %}")


def _signed(d: Paper, left: list[str]) -> None:
    """Where it goes to the left, who signs to the right."""
    table = plain_table(d.document, [d.width_mm * 0.5, d.width_mm * 0.5], rows=1)
    para(table.cell(0, 0), "Nơi nhận:", bold=True, italic=True, size=12, first=True)
    for line in left:
        para(table.cell(0, 0), line, size=11)
    cell = table.cell(0, 1)
    para(cell, "{{ signer_title }}", bold=True, align=CENTRE, first=True)
    for _ in range(4):
        para(cell, "")
    para(cell, "{{ chair_name }}", bold=True, align=CENTRE)


def conclusion() -> Paper:
    """Thông báo kết luận."""
    d = Paper()
    d.head()
    d.title("THÔNG BÁO", "Kết luận việc tiếp công dân tại buổi tiếp công dân trực tuyến")
    d.bases()
    d.p(
        "Ngày {{ held or '……' }}, {{ chair }} chủ trì buổi tiếp công dân trực tuyến “{{ title }}” (mã {{ code }}) với sự "
        "tham gia của các điểm cầu: {{ endpoints }}.{% if bodies %} Cơ quan phối hợp: {{ bodies }}.{% endif %}",
        align=BOTH,
    )
    d.when("citizen_names", "Công dân được tiếp: {{ citizen_names }}.", align=BOTH)
    d.when("matter_class", "Nhóm vụ việc: {{ matter_class }}.", align=BOTH)
    d.p("{%p for m in matters %}")
    d.p(
        "{{ m.number }}. {{ m.title }}{% if m.names %} ({{ m.names }}){% endif %}: {{ m.summary }}"
        "{% if m.resolved_by %}; cơ quan đã giải quyết: {{ m.resolved_by }}{% endif %}. Kết quả: {{ m.outcome|lower }}"
        "{% if m.result %} – {{ m.result }}{% endif %}.",
        align=BOTH,
    )
    d.p("{%p endfor %}")
    d.p("Sau khi nghe công dân trình bày và ý kiến của các cơ quan, người chủ trì kết luận:", align=BOTH)
    _decided(d)
    return d


def _decided(d: Paper) -> None:
    d.when("not conclusions", "……………………………………………………………………")
    d.p("{%p if conclusions %}")
    d.table(
        "c in conclusions",
        [
            ("TT", "{{ c.number }}", 6),
            ("Việc", "{{ c.task }}", 50),
            ("Đơn vị thực hiện", "{{ c.owner }}", 24),
            ("Thời hạn", "{{ c.deadline }}", 14),
        ],
        size=12,
    )
    d.p("{%p endif %}")
    d.p(
        "Kết quả xử lý được thông báo cho công dân trong thời hạn {{ notice_days }} ngày làm việc. Thông báo này để các cơ "
        "quan, đơn vị và công dân biết, thực hiện./.",
        align=BOTH,
    )
    _signed(
        d,
        [
            "- Công dân được tiếp;",
            "{%p for o in owners %}",
            "- {{ o }};",
            "{%p endfor %}",
            "- Lưu: VT, hồ sơ {{ code }}.",
        ],
    )


def refusal() -> Paper:
    """Thông báo từ chối tiếp công dân, a page for each."""
    d = Paper()
    d.when("not refusals", "Buổi tiếp {{ code }} không có trường hợp từ chối tiếp công dân.", align=CENTRE, italic=True)
    d.p("{%p for r in refusals %}")
    d.head()
    d.title("THÔNG BÁO", "Về việc từ chối tiếp công dân")
    d.bases()
    d.p(
        "Ngày {{ held or '……' }}, tại buổi tiếp công dân trực tuyến “{{ title }}” (mã {{ code }}) do {{ chair }} chủ trì.",
        align=BOTH,
    )
    d.p("{{ office }} thông báo từ chối tiếp: **{{ r.names }}**.", align=BOTH)
    d.each(
        "c in r.citizens",
        "- {{ c.name }}{% if c.birth_year %}, sinh năm {{ c.birth_year }}{% endif %}"
        "{% if c.id_number %}, số giấy tờ {{ c.id_number }}{% endif %}{% if c.address %}, địa chỉ {{ c.address }}{% endif %}",
    )
    d.p(
        "Nội dung: {{ r.summary or r.title }}{% if r.resolved_by %}; cơ quan đã giải quyết: {{ r.resolved_by }}{% endif %}.",
        align=BOTH,
    )
    d.p("Căn cứ từ chối: {{ r.ground }}.", align=BOTH)
    d.when("r.reason", "Lý do cụ thể: {{ r.reason }}.", align=BOTH)
    d.p(
        "Người tiếp công dân đã giải thích lý do cho công dân{% if r.at %} lúc {{ r.at }}{% endif %} và báo cáo người chủ trì. "
        "Công dân có quyền khiếu nại về việc từ chối này theo quy định của pháp luật./.",
        align=BOTH,
    )
    _signed(d, ["- Người có tên nêu trên;", "- Lưu: VT, hồ sơ {{ code }}."])
    d.p("{%p if not loop.last %}")
    d.document.add_page_break()
    d.p("{%p endif %}")
    d.p("{%p endfor %}")
    return d


def receipt() -> Paper:
    """Giấy biên nhận, a page for each who handed documents in."""
    d = Paper()
    d.when("not receipts", "Buổi tiếp {{ code }} không tiếp nhận tài liệu.", align=CENTRE, italic=True)
    d.p("{%p for r in receipts %}")
    d.head()
    d.title("GIẤY BIÊN NHẬN", "Thông tin, tài liệu, bằng chứng")
    d.bases()
    d.p(
        "Tại buổi tiếp công dân trực tuyến “{{ title }}” (mã {{ code }}){% if r.at %}, lúc {{ r.at }}{% endif %}, điểm cầu "
        "{{ r.endpoint }}.",
        align=BOTH,
    )
    d.p("Người giao: **{{ r.from_whom }}**. Người nhận: **{{ r.received_by }}**.")
    d.p("Đã nhận {{ r.count }} tài liệu{% if r.pages %}, {{ r.pages }} trang{% endif %}:")
    d.table(
        "c in r.documents",
        [
            ("TT", "{{ c.number }}", 6),
            ("Tên tài liệu", "{{ c.name }}", 34),
            ("Số trang", "{{ c.pages }}", 8),
            ("Loại", "{{ c.form }}", 12),
            ("Mã băm của tệp (SHA-256)", "{{ c.sha256 }}", 40),
        ],
    )
    d.p("Giấy này lập thành hai bản, mỗi bên giữ một bản./.")
    table = plain_table(d.document, [d.width_mm / 2, d.width_mm / 2], rows=1)
    for number, (head, name) in enumerate((("NGƯỜI GIAO", "r.from_whom"), ("NGƯỜI NHẬN", "r.received_by"))):
        cell = table.cell(0, number)
        para(cell, head, bold=True, align=CENTRE, first=True)
        para(cell, "(Ký, ghi rõ họ tên)", italic=True, align=CENTRE, size=SMALL_PT)
        for _ in range(3):
            para(cell, "")
        para(cell, "{{ " + name + " }}", align=CENTRE)
    d.p("{%p if not loop.last %}")
    d.document.add_page_break()
    d.p("{%p endif %}")
    d.p("{%p endfor %}")
    return d
