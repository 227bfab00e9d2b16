"""The README that lies in every recording, for a stranger in ten years."""

from pathlib import Path

_TEXT = """BẢN GHI BUỔI TIẾP CÔNG DÂN TRỰC TUYẾN
=====================================
Thư mục này là bản ghi gốc của một buổi tiếp công dân trực tuyến. Không sửa, không đổi tên, không thêm tệp.

Cách xem: mở các tệp trong thư mục "tracks" bằng VLC, trình duyệt web hoặc trình phát bất kỳ. Mỗi tệp là hình và tiếng
của một điểm cầu (tệp có chữ "screen" là tài liệu trình chiếu). Tệp manifest.jsonl ghi thời điểm bắt đầu của từng tệp
(dòng "track", mục offset_ms: số mi-li-giây tính từ đầu bản ghi).

Bản gốc là thư mục "journal": các gói dữ liệu đúng như đã nhận, có mã kiểm tra. Các tệp trong "tracks" được lập từ đó,
không mã hóa lại.

Cách kiểm tra tính toàn vẹn: chạy lệnh  diemcau recording verify THƯ_MỤC_NÀY  (không cần máy chủ, không cần mạng), hoặc
python verify.py  nếu trong thư mục này có tệp verify.py (cần Python 3.11 trở lên và thư viện cryptography).
manifest.jsonl là chuỗi mã băm SHA-256, mỗi dòng được ký bằng khóa Ed25519 của máy ghi (mục "key"); dòng cuối "seal"
gồm mã băm của mọi tệp.

RECORDING OF AN ONLINE CITIZEN RECEPTION
========================================
This directory is the original recording of an online citizen reception. Do not alter, rename or add files.

To play it: open the files in "tracks" with VLC, a web browser or any player. Each file is the picture and sound of one
endpoint ("screen" in the name: a shared screen). manifest.jsonl says when each of them begins (lines "track",
offset_ms: milliseconds from the beginning of the recording).

The original is the directory "journal": the packets exactly as received, with checksums. The files in "tracks" were
made from it without transcoding. Format of a journal file: the text line "DIEMCAU-JOURNAL-2", then records of
length (u32), CRC-32 (u32) of all that follows in the record, type (u8), three zero bytes, arrival in seconds (f64),
body; all little-endian. Type 4 holds a publication number (u32) and an RTP packet (RFC 3550); types 1 to 3 and 6 to 10
hold JSON; type 5 an RTCP sender report (publication u32, SSRC u32, NTP u64, RTP timestamp u32).

To verify it: run  diemcau recording verify THIS_DIRECTORY  (no server, no network needed), or  python verify.py  if
there is a file verify.py here (it needs Python 3.11 or newer and the package cryptography). manifest.jsonl is a chain
of SHA-256 hashes, each line signed with the recorder's Ed25519 key ("key"). The hash of a line is SHA-256 of the text
"diemcau manifest line 1" and a zero byte, the 32 bytes of the hash of the line before ("prev"), and the line as JSON
with sorted keys, without spaces, without "hash" and "sig". The line "seal" holds the hash of every file; a line
"timestamp" behind it holds an authority's time stamp (RFC 3161) of the seal's hash.
"""


_ENCRYPTED = """
MÃ HÓA / ENCRYPTION
===================
Bản ghi này được mã hóa: các tệp trong "tracks" có đuôi .enc và chỉ xem được khi có khóa chủ (master key) của máy
chủ đã ghi. Việc kiểm tra tính toàn vẹn không cần khóa. Nếu gói này có thư mục "derived/decrypted" thì các tệp ở đó
đã được giải mã, xem được bằng mọi trình phát.

This recording is encrypted: the files in "tracks" end in .enc and can be played only with the master key of the server
that recorded it. It is verified without any key. If there is a directory "derived/decrypted" here, its files are
decrypted and can be played by any player; session-key.json there holds the key of this recording (AES-256-GCM).
Records of type 11 hold a nonce (12 bytes), ciphertext and tag (16 bytes) over whole records; additional data is the
text "diemcau journal 2", a zero byte, the segment's number (u32) and the record's offset in its file (u64). The key
lies, wrapped by the master key (RFC 3394), in the first record of each segment.
"""


def write_readme(directory: Path, *, encrypted: bool = False) -> None:
    """Write README.txt, if it is not there."""
    path = directory / "README.txt"
    if not path.exists():
        path.write_text(_TEXT + (_ENCRYPTED if encrypted else ""), encoding="utf-8")
