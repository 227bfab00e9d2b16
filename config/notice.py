"""What citizens and officers are shown before a session: house rules, the notice of recording, the acknowledgement."""

from typing import Annotated

from pydantic import Field

from config.section import Section

Text = Annotated[str, Field(min_length=1, max_length=3000)]


class NoticeSettings(Section):
    """The texts, which an administrator may change; `version` names what was shown and is kept with each session."""

    version: str = Field(default="2026-1", min_length=1, max_length=40, description="changes with every text")
    banner_vi: Text = "BUỔI TIẾP CÔNG DÂN ĐANG ĐƯỢC GHI ÂM, GHI HÌNH"
    banner_en: Text = "This session is being audio- and video-recorded"
    notice_vi: Text = (
        "Theo quy định, buổi tiếp công dân trực tuyến được ghi âm, ghi hình và lưu trữ tại điểm cầu trung tâm để "
        "phục vụ giải quyết vụ việc. Dữ liệu chỉ được sử dụng đúng mục đích và được bảo vệ theo pháp luật về bảo vệ "
        "dữ liệu cá nhân. Công dân có quyền đề nghị được tiếp trực tiếp nếu không muốn tham gia trực tuyến."
    )
    notice_en: Text = (
        "As the rules require, the online reception is audio- and video-recorded and kept at the central endpoint "
        "for the handling of the case. The data are used for this purpose only and protected by the law on personal "
        "data. Citizens may ask to be received in person if they do not wish to take part online."
    )
    acknowledgement_vi: Text = "Tôi đã được thông báo và đã hiểu về việc ghi âm, ghi hình buổi tiếp công dân này."
    acknowledgement_en: Text = "I have been told of, and understood, the recording of this reception."
    rules_vi: Text = (
        "Trình bày trung thực, đúng nội dung; giữ trật tự; chỉ phát biểu khi được người chủ trì mời; không phát "
        "trực tiếp (livestream) hoặc phát tán hình ảnh, thông tin đăng nhập của buổi tiếp; không trao đổi nội dung "
        "bí mật nhà nước."
    )
    rules_en: Text = (
        "Speak truthfully and to the matter; keep order; speak only when the chair invites you; do not stream or "
        "spread pictures or access links of the session; do not discuss state secrets."
    )
