"""Plans, lists and reports as templates, for scripts/make_paper_templates.py."""

from __future__ import annotations

from paper_layout import BOTH, Paper


def technical_plan() -> Paper:
    """Phương án kỹ thuật."""
    d = Paper()
    d.head()
    d.title("PHƯƠNG ÁN KỸ THUẬT", "Buổi tiếp công dân trực tuyến “{{ title }}”")
    d.bases()
    d.h("1. Thông tin chung")
    d.p(
        "Mã buổi tiếp: {{ code }} ({{ kind|lower }}). Thời gian dự kiến: {{ planned }}{% if minutes %}, {{ minutes }} phút"
        "{% endif %}. Chủ trì: {{ chair or 'chưa ghi' }}.{% if approval %} Phê duyệt: {{ approval }}.{% endif %}",
        align=BOTH,
    )
    d.p(
        "Cán bộ điều phối kỹ thuật: {{ operators_line }} (nên có {{ recommended_operators }} người cho {{ endpoint_count }} "
        "điểm cầu, và một kỹ thuật viên tại mỗi điểm cầu).",
        align=BOTH,
    )
    d.h("2. Điểm cầu, đường truyền và liên hệ")
    d.table(
        "e in endpoints",
        [
            ("TT", "{{ e.number }}", 6),
            ("Điểm cầu", "{{ e.name }}{% if e.place %}, {{ e.place }}{% endif %}", 22),
            ("Vai trò", "{{ e.role }}", 14),
            ("Đường truyền", "{{ e.line }} xuống {{ e.down }}, lên {{ e.up }}", 19),
            ("Dự phòng (4G)", "{{ e.backup }}", 10),
            ("Kỹ thuật viên, điện thoại", "{{ e.technician }}, {{ e.phone }}", 18),
            ("Kiểm tra", "{{ e.check }}", 12),
        ],
        size=10,
    )
    _operation(d)
    return d


def _operation(d: Paper) -> None:
    d.h("3. Băng thông")
    d.p(
        "Cấu hình băng thông “{{ profile }}”: đường truyền của máy chủ {{ site }}, dành {{ media_share }} cho hình, tiếng "
        "({{ media_budget }}). {{ verdict }}",
        align=BOTH,
    )
    d.h("4. Ghi hình và lưu trữ")
    d.p(
        "Toàn bộ diễn biến được ghi tại điểm cầu trung tâm, mỗi điểm cầu một rãnh. Dung lượng dự kiến {{ disk_needed }}, "
        "hiện còn trống {{ disk_free }}. Sau buổi tiếp sao chép sang ổ cứng ngoài và đối chiếu mã băm.",
        align=BOTH,
    )
    d.h("5. Kết nối")
    d.p(
        "Trang web: {{ public_url }} (TCP {{ web_port }}); hình, tiếng: UDP {{ udp_port }}, tự chuyển sang TCP khi UDP bị "
        "chặn.",
        align=BOTH,
    )
    d.h("6. Kiểm thử trước buổi tiếp")
    d.p("Mỗi điểm cầu kiểm tra đủ các mục sau, ký tên xác nhận trước giờ bắt đầu ít nhất 60 phút:")
    d.each("c in checks", "- {{ c }};")
    d.h("7. Phương án dự phòng")
    for line in FALLBACK:
        d.p(f"- {line}", align=BOTH)
    d.h("8. An toàn thông tin")
    for line in SECURITY:
        d.p(f"- {line}", align=BOTH)


FALLBACK = (
    "Đường truyền của một điểm cầu yếu: hệ thống tự giảm chất lượng hình, giữ tiếng; nếu vẫn yếu, chuyển điểm cầu sang "
    "“chỉ âm thanh”.",
    "Một điểm cầu mất kết nối: trang của điểm cầu tự vào lại; kỹ thuật viên chuyển sang đường dự phòng (4G); cán bộ điều "
    "phối gọi điện theo danh sách ở mục 2.",
    "Sự cố ghi hình: tạm dừng buổi tiếp, bấm “Khởi động lại ghi hình”; khoảng gián đoạn được ghi vào biên bản.",
    "Máy chủ khởi động lại: buổi tiếp ở trạng thái gián đoạn, các điểm cầu tự vào lại, người chủ trì cho tiếp tục.",
    "Mất điện: dùng thiết bị lưu điện tại điểm cầu chính; phần đã ghi không mất, phần sau là một đoạn mới của bản ghi.",
)
SECURITY = (
    "Hình, tiếng được mã hóa trên đường truyền; trang và điều khiển qua HTTPS.",
    "Mỗi điểm cầu một đường dẫn riêng, có hạn và thu hồi được; phòng đóng, vào qua phòng chờ do cán bộ điều phối cho vào.",
    "Không trao đổi nội dung bí mật nhà nước; không phát trực tiếp, không phát tán đường dẫn và hình ảnh.",
    "Bản ghi có chuỗi mã băm và chữ ký, niêm phong khi kết thúc; mọi lượt xem và sao chép đều ghi nhật ký.",
)


def session_sheet() -> Paper:
    """Phiếu buổi tiếp."""
    d = Paper()
    d.head(numbered=False)
    d.title("PHIẾU BUỔI TIẾP CÔNG DÂN TRỰC TUYẾN", "{{ title }}")
    d.p("Mã: **{{ code }}** · {{ kind }} · {{ state }}")
    d.p("Thời gian dự kiến: **{{ planned }}**{% if minutes %}, {{ minutes }} phút{% endif %}")
    d.p("Chủ trì: {{ chair }} · Thư ký: {{ secretary }} · Điều phối: {{ operators }}")
    d.p("Phê duyệt: {{ approval }}{% if level %} · Thẩm quyền: {{ level }}{% endif %}")
    d.when("bodies", "Cơ quan phối hợp: {{ bodies }}")
    d.when("matter_class", "{{ matter_class }}")
    d.when(
        "reason_online",
        "Căn cứ tổ chức trực tuyến: {{ reason_online }}{% if reason_online_note %} – "
        "{{ reason_online_note }}{% endif %}",
    )
    d.when("group_size", "Đoàn {{ group_size }} người, {{ representatives }} người đại diện")
    d.when("note", "Ghi chú: {{ note }}")
    _order(d)
    return d


def _order(d: Paper) -> None:
    d.h("Điểm cầu")
    d.table(
        "e in endpoints",
        [
            ("TT", "{{ e.number }}", 6),
            ("Điểm cầu", "{{ e.name }}", 22),
            ("Vai trò", "{{ e.role }}", 16),
            ("Người dự", "{{ e.people }}", 30),
            ("Kỹ thuật viên, điện thoại", "{{ e.technician }}, {{ e.phone }}", 20),
            ("Kiểm tra", "{{ e.check }}", 12),
        ],
        size=10,
    )
    d.h("Kịch bản{% if script_minutes %} ({{ script_minutes }} phút){% endif %}")
    d.when("not script", "Chưa có kịch bản.")
    d.p("{%p if script %}")
    d.table(
        "s in script",
        [
            ("TT", "{{ s.number }}", 6),
            ("Nội dung", "{{ s.title }}", 40),
            ("Ai nói", "{{ s.speaker }}", 20),
            ("Phút", "{{ s.minutes }}", 9),
            ("Tài liệu", "{{ s.documents }}", 22),
            ("Ghi chú", "", 12),
        ],
        size=11,
    )
    d.p("{%p endif %}")
    d.p("{%p if documents %}")
    d.h("Hồ sơ, tài liệu vụ việc")
    d.each("c in documents", "- {{ c.name }} ({{ c.form|lower }})")
    d.p("{%p endif %}")


def register() -> Paper:
    """Sổ tiếp công dân."""
    d = Paper(landscape=True)
    d.head(numbered=False)
    d.title("SỔ TIẾP CÔNG DÂN", "{{ period }}")
    d.wide_table("table", size=8)
    return d


def equipment() -> Paper:
    """Danh mục thiết bị."""
    d = Paper(landscape=True)
    d.head(numbered=False)
    d.title("DANH MỤC CƠ SỞ VẬT CHẤT, TRANG THIẾT BỊ THEO ĐIỂM CẦU", "{{ period }}")
    d.table(
        "e in table.rows",
        [
            ("Điểm cầu", "{{ e.diem_cau }}{% if e.dia_diem %}, {{ e.dia_diem }}{% endif %}", 20),
            ("Thiết bị đăng ký", "{{ e.thiet_bi }}", 18),
            ("Phần mềm", "{{ e.trinh_duyet }}{% if e.giai_ma %}; {{ e.giai_ma }}{% endif %}", 16),
            ("Camera", "{{ e.may_anh }}{% if e.so_may_anh %} (số lượng {{ e.so_may_anh }}){% endif %}", 12),
            ("Màn hình", "{{ e.man_hinh }}", 10),
            ("Âm thanh", "{{ e.am_thanh }}", 11),
            (
                "Đường truyền",
                "{{ e.duong_truyen }}{% if e.xuong %}; đo được {{ e.xuong }}/{{ e.len }} Mb/s{% endif %}",
                14,
            ),
            ("Lưu điện; lưu trữ", "{{ e.luu_dien }}{% if e.luu_tru %}; {{ e.luu_tru }} GB{% endif %}", 10),
            ("Kiểm tra", "{{ e.kiem_tra }}{% if e.ngay_kiem_tra %}, {{ e.ngay_kiem_tra }}{% endif %}", 12),
            ("Kỹ thuật viên", "{{ e.ky_thuat_vien }}", 13),
        ],
        size=9,
    )
    return d


def annex() -> Paper:
    """Phụ lục kỹ thuật."""
    d = Paper(landscape=True)
    d.head(numbered=False)
    d.title("PHỤ LỤC KỸ THUẬT", "{{ period }}")
    d.h("1. {{ tables.buoi_tiep.title }}")
    d.table(
        "s in tables.buoi_tiep.rows",
        [
            ("Mã", "{{ s.ma }}", 14),
            ("Bắt đầu – kết thúc", "{{ s.bat_dau }} – {{ s.ket_thuc }}", 16),
            ("Điểm cầu", "{{ s.diem_cau }}", 7),
            ("Đạt kiểm tra", "{{ s.kiem_tra }}", 9),
            ("Độ sẵn sàng", "{{ s.san_sang }}", 9),
            ("Gián đoạn (lần; giây)", "{{ s.gian_doan }}; {{ s.gian_doan_s }}", 11),
            ("Tạm dừng (giây)", "{{ s.tam_dung_s }}", 9),
            ("Bản ghi phủ; khoảng thiếu", "{{ s.phu_ghi }}; {{ s.khoang_thieu }}", 11),
            ("Dung lượng (MB)", "{{ s.dung_luong }}", 9),
            ("Sự cố", "{{ s.su_co }}", 6),
            ("Giờ vận hành", "{{ s.nhan_luc_h }}", 8),
            ("Mã băm bản ghi", "{{ s.ma_bam }}", 22),
        ],
        size=8,
    )
    _per_endpoint(d)
    _troubles(d)
    return d


def _per_endpoint(d: Paper) -> None:
    d.h("2. {{ tables.diem_cau.title }}")
    d.table(
        "e in tables.diem_cau.rows",
        [
            ("Mã", "{{ e.ma }}", 13),
            ("Điểm cầu", "{{ e.diem_cau }}", 18),
            ("Kiểm tra", "{{ e.kiem_tra }}", 10),
            ("Tham gia; có kết nối (giây)", "{{ e.can_co_s }}; {{ e.co_mat_s }}", 12),
            ("Độ sẵn sàng", "{{ e.san_sang }}", 8),
            ("Mất kết nối (lần; giây)", "{{ e.gian_doan }}; {{ e.gian_doan_s }}", 11),
            ("Mất gói lên; xuống", "{{ e.mat_goi_len }}; {{ e.mat_goi_xuong }}", 11),
            ("Trễ bình quân; lớn nhất (ms)", "{{ e.tre_ms }}; {{ e.tre_lon_nhat_ms }}", 11),
            ("Tốc độ lên; xuống (Mb/s)", "{{ e.len_mbps }}; {{ e.xuong_mbps }}", 11),
            ("Bản ghi phủ", "{{ e.phu_ghi }}", 8),
            ("Thiếu trong bản ghi (giây)", "{{ e.khoang_thieu_s }}", 10),
        ],
        size=8,
    )
    d.p("{{ tables.diem_cau.note }}", italic=True, size=10)


def _troubles(d: Paper) -> None:
    d.h("3. {{ tables.gian_doan.title }}")
    d.when("not tables.gian_doan.rows", "Không có.")
    d.p("{%p if tables.gian_doan.rows %}")
    d.table(
        "g in tables.gian_doan.rows",
        [
            ("Mã", "{{ g.ma }}", 14),
            ("Điểm cầu", "{{ g.diem_cau }}", 22),
            ("Loại", "{{ g.loai }}", 18),
            ("Từ", "{{ g.tu }}", 15),
            ("Đến", "{{ g.den }}", 15),
            ("Số giây", "{{ g.giay }}", 8),
            ("Nguyên nhân", "{{ g.nguyen_nhan }}", 26),
        ],
        size=8,
    )
    d.p("{%p endif %}")
    d.h("4. {{ tables.su_co.title }}")
    d.when("not tables.su_co.rows", "Không có.")
    d.p("{%p if tables.su_co.rows %}")
    d.table(
        "s in tables.su_co.rows",
        [
            ("Loại sự cố", "{{ s.loai }}", 40),
            ("Số lần", "{{ s.so_lan }}", 15),
            ("Đã xử lý", "{{ s.da_xong }}", 15),
            ("Thời gian xử lý bình quân (giây)", "{{ s.xu_ly_s }}", 30),
        ],
        size=9,
    )
    d.p("{%p endif %}")


_FIGURES = (
    ("Số buổi", "sessions"), ("Số lượt", "turns"), ("Số người", "people"), ("Vụ việc", "matters"), ("Lần đầu", "first"),
    ("Nhiều lần", "repeated"), ("Đoàn đông người", "large_groups"), ("Đã kết luận", "concluded"), ("Hướng dẫn", "guided"),
    ("Chuyển", "passed_on"), ("Thụ lý", "accepted"), ("Từ chối", "refused"), ("Tiếp trực tiếp", "in_person"),
    ("Việc giao", "tasks"), ("Quá hạn", "overdue"),
)  # fmt: skip


def statistics() -> Paper:
    """Thống kê tiếp công dân."""
    d = Paper(landscape=True)
    d.head()
    d.title("THỐNG KÊ TIẾP CÔNG DÂN TRỰC TUYẾN", "{{ period }}")
    d.bases()
    d.when("filters", "Phạm vi: {{ filters }}.")
    d.p("Số liệu tính đến {{ made_at }}; không tính các buổi chạy thử.")
    d.p("{%p for t in tables.values() %}")
    d.h("{{ loop.index }}. {{ t.title }}")
    d.when("not t.rows", "Không có số liệu.")
    d.p("{%p if t.rows %}")
    columns = [("", "{{ r.value }}", 26.0)]
    d.table("r in t.rows", [*columns, *((title, "{{ r." + key + " }}", 8.0) for title, key in _FIGURES)], size=9)
    d.p("{%p endif %}")
    d.when("t.note", "{{ t.note }}", italic=True, size=10)
    d.p("{%p endfor %}")
    return d
