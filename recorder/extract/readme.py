"""The README of an extract."""

_TEXT = """BẢN TRÍCH TỪ BẢN GHI BUỔI TIẾP CÔNG DÂN TRỰC TUYẾN
===================================================
Thư mục này là một đoạn của một bản ghi gốc. Không sửa, không đổi tên, không thêm tệp.

Cách xem: mở các tệp trong thư mục "tracks" bằng VLC, trình duyệt web hoặc trình phát bất kỳ. Mỗi tệp là hình và tiếng
của một điểm cầu, cắt từ bản gốc, không mã hóa lại. Hình có thể bắt đầu sớm hơn tiếng vài giây (từ khung hình đầy đủ
gần nhất). Tệp extract.json ghi đoạn này từ lúc nào đến lúc nào, thuộc bản ghi nào, và thời điểm bắt đầu của từng tệp.

Cách kiểm tra:  diemcau recording verify THƯ_MỤC_NÀY   hoặc   python verify.py   (Python 3.11 trở lên và thư viện
cryptography; không cần mạng). Lệnh cho biết bản trích còn nguyên vẹn hay không, thuộc bản ghi nào (mã niêm phong), và
không có lời nào trong khoảng thời gian này bị bỏ đi. Các dòng khác của bản kê gốc chỉ còn số thứ tự, mã băm và chữ ký.

EXTRACT OF THE RECORDING OF AN ONLINE CITIZEN RECEPTION
========================================================
This directory is a stretch of an original recording. Do not alter, rename or add files.

To play it: open the files in "tracks" with VLC, a web browser or any player. Each file is the picture and sound of one
endpoint, cut from the original without transcoding. Pictures may begin some seconds before the sound (at the nearest
complete picture). extract.json says from when to when this is, of which recording, and when each file begins.

To verify it: run  diemcau recording verify THIS_DIRECTORY  or  python verify.py  (Python 3.11 or newer with the package
cryptography; no network). It tells whether the extract is whole, of which recording it is (its seal), and that nothing
of this stretch of time was left out. Of the other lines of the manifest only number, hash and signature are here.
"""


def extract_readme() -> str:
    """Its text."""
    return _TEXT
