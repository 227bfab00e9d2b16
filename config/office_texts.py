"""What papers cite and name, as configuration: the product's texts, or the office's own copy of the whole file."""

from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator

from config.library import read_profile_file
from config.problems import ConfigError
from config.section import Section
from config.toml_text import parse_toml, validate

TEXTS = "texts"  # the office's own, in the data directory
FILE = "legal.toml"
REGISTER_KEYS = (
    *("stt", "ma", "ngay", "nguoi_tiep", "ho_ten", "nam_sinh", "giay_to", "dia_chi", "tu_cach", "noi_dung", "loai"),
    *("nhom", "so_nguoi", "doan_dong", "lan_tiep", "co_quan_giai_quyet", "huong_xu_ly", "ket_qua", "can_cu_tu_choi"),
    *("theo_doi", "diem_cau", "hinh_thuc", "ghi_chu"),
)
Line = Annotated[str, Field(min_length=1, max_length=1000)]
Short = Annotated[str, Field(max_length=200)]
Number = Annotated[str, Field(pattern=r"^[^{}]*(\{number\}[^{}]*)?$", max_length=60)]


class OfficeText(Section):
    """The heading of every paper."""

    parent: Short = ""
    name: Short = ""
    place: Short = ""
    signer_title: Short = "NGƯỜI CHỦ TRÌ"


class Symbols(Section):
    """Number and symbol of papers; {number} stands for the number."""

    minutes: Number = "{number}/BB-TCD"
    conclusion: Number = "{number}/TB-TCD"
    refusal: Number = "{number}/TB-TCTD"
    receipt: Number = "{number}/BN-TCD"
    plan: Number = "{number}/PA-TCD"


class Bases(Section):
    """The lines "Căn cứ …"."""

    minutes: tuple[Line, ...] = ()
    conclusion: tuple[Line, ...] = ()
    refusal: tuple[Line, ...] = ()
    receipt: tuple[Line, ...] = ()
    plan: tuple[Line, ...] = ()
    report: tuple[Line, ...] = ()


class RefusalGrounds(Section):
    """Why somebody may be refused, with the article."""

    say_mat_nang_luc: Line
    de_doa_vi_pham: Line
    da_giai_quyet: Line
    khac: Line


class Limits(Section):
    """Days and thresholds. notable_outage_s: seconds."""

    result_notice_days: int = Field(default=10, ge=1, le=90)
    large_group_from: int = Field(default=5, ge=2, le=1000)
    notable_outage_s: int = Field(default=10, ge=1, le=3600)


class Register(Section):
    """The register's columns in order, each "key" or "key = heading"."""

    columns: tuple[Line, ...] = Field(min_length=1, max_length=40)

    @field_validator("columns")
    @classmethod
    def _known(cls, columns: tuple[str, ...]) -> tuple[str, ...]:
        keys = [column.partition("=")[0].strip() for column in columns]
        for key in keys:
            if key not in REGISTER_KEYS:
                raise ValueError(f"{key}: no such column; there are: {', '.join(REGISTER_KEYS)}")
            if keys.count(key) > 1:
                raise ValueError(f"{key}: stands there twice")
        return columns

    def titled(self) -> list[tuple[str, str]]:
        """(key, heading) in order."""
        parts = [(key.strip(), title.strip()) for key, _, title in (each.partition("=") for each in self.columns)]
        return [(key, title or key) for key, title in parts]


StepName = Literal["identify", "listen", "record", "classify", "conclude"]
PROCEDURE: dict[StepName, tuple[Line, Line]] = {
    "identify": ("Xác minh nhân thân công dân", "Citizens are identified"),
    "listen": ("Nghe công dân trình bày", "Citizens are heard"),
    "record": ("Ghi chép nội dung", "What is said is written down"),
    "classify": ("Phân loại, xác định hướng xử lý", "Matters are classified"),
    "conclude": ("Kết luận của người chủ trì", "The chair concludes"),
}


class OfficeTexts(Section):
    """The whole file."""

    version: str = Field(min_length=1, max_length=40)
    office: OfficeText = OfficeText()
    symbols: Symbols = Symbols()
    bases: Bases = Bases()
    refusal_grounds: RefusalGrounds
    limits: Limits = Limits()
    matter_classes: dict[Literal["1", "2", "3", "4", "5", "6"], Line]
    reasons_online: dict[Literal["dich_benh_thien_tai", "nhieu_cap_xa_dia_ly", "khong_the_truc_tiep", "khac"], Line]
    retention: dict[Literal["vinh_vien", "15_nam", "5_nam", "chay_thu_30_ngay"], Line]
    procedure: dict[StepName, tuple[Line, Line]] = PROCEDURE
    register_: Register = Field(alias="register")

    @field_validator("matter_classes", "reasons_online", "retention")
    @classmethod
    def _complete(cls, named: dict[str, str]) -> dict[str, str]:
        for wanted in (["1", "2", "3", "4", "5", "6"], ["khac"], ["vinh_vien", "15_nam", "5_nam"]):
            if wanted[0] in named and set(wanted) - set(named):
                raise ValueError(f"there must be a text for each of {', '.join(wanted)}")
        return named


def shipped_texts() -> str:
    """The product's file."""
    return files("config").joinpath(TEXTS, FILE).read_text(encoding="utf-8")


def own_texts_path(data: Path) -> Path:
    """Where the office's own copy lies, if there is one."""
    return data / TEXTS / FILE


def load_texts(data: Path | None) -> OfficeTexts:
    """The office's own texts where there are, else the product's.

    Raises ConfigError naming file, line, key, value and what is allowed.
    """
    path = own_texts_path(data) if data is not None else None
    if path is not None and path.exists():
        return check_texts(read_profile_file(path), source=str(path))
    return check_texts(shipped_texts(), source=FILE)


def check_texts(text: str, *, source: str) -> OfficeTexts:
    """The texts in a file's text. Raises ConfigError."""
    return validate(OfficeTexts, parse_toml(text, source=source), text=text, source=source, strict=True)


__all__ = [
    "REGISTER_KEYS",
    "ConfigError",
    "OfficeTexts",
    "check_texts",
    "load_texts",
    "own_texts_path",
    "shipped_texts",
]
