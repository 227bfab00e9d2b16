"""What keeps a paper from being made, said so that the office can mend it (pure)."""

from __future__ import annotations

from dataclasses import dataclass

from config.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateFault:
    """A fault of a template. template: its file; place: where in it; what: the fault; remedy: what to do."""

    template: str
    place: Words
    what: Words
    remedy: Words

    @property
    def words(self) -> Words:
        """All of it in one text."""
        return Words(
            f"Mẫu {self.template}, {self.place.vi}: {self.what.vi}. {self.remedy.vi}",
            f"Template {self.template}, {self.place.en}: {self.what.en}. {self.remedy.en}",
        )


class BrokenTemplate(Exception):
    """A template that cannot be filled."""

    def __init__(self, fault: TemplateFault) -> None:
        super().__init__(f"{fault.words.en} ({fault.words.vi})")
        self.fault = fault


class NoPdf(Exception):
    """LibreOffice is not there, or did not come to an end. `reason`: in both languages."""

    def __init__(self, reason: Words) -> None:
        super().__init__(f"{reason.en} ({reason.vi})")
        self.reason = reason


WHOLE_FILE = Words("cả tệp", "the whole file")


def remedy(template: str) -> Words:
    """What to do about a fault in a place that can be mended."""
    return Words(
        f"Mở mẫu bằng Word hoặc LibreOffice, sửa chỗ này rồi lưu lại; hoặc xóa tệp {template} của cơ quan để dùng "
        "mẫu có sẵn. Lệnh “diemcau paper check” cho biết mẫu đã đúng chưa",
        f"Open the template in Word or LibreOffice, mend this place and save it; or remove the office's own "
        f"{template}, and the product's is used. “diemcau paper check” tells whether a template is right",
    )


def unreadable(template: str, why: str) -> TemplateFault:
    """A file that is none of its kind."""
    kind = template.rpartition(".")[2].upper()
    return TemplateFault(
        template=template,
        place=WHOLE_FILE,
        what=Words(f"không đọc được như tệp {kind} ({why})", f"it cannot be read as {kind} ({why})"),
        remedy=Words(
            f"Lưu lại mẫu đúng định dạng {kind}, hoặc xóa tệp {template} của cơ quan để dùng mẫu có sẵn",
            f"Save it as {kind}, or remove the office's own {template}, and the product's is used",
        ),
    )
