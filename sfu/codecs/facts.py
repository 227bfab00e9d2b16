"""What the media plane needs to know of a packet's place in its stream, whatever the codec."""


class FrameFacts:
    """Facts of one video packet, from its payload descriptor.

    keyframe: the packet belongs to a key frame (decodable without any other).
    frame_start, frame_end: first or last packet of its frame (of its layer frame with SVC).
    spatial_id, temporal_id: layer of the packet; temporal_id None where the stream does not say.
    layer_sync: switching up to this temporal (or spatial) layer is allowed here.
    picture_id, picture_id_bits: the running picture number and its width (7 or 15), None and 0 if absent.
    tl0_picture_index: VP8/VP9 TL0PICIDX, None if absent.
    descriptor_size: bytes of the payload descriptor at the head of the payload.
    width, height: of the picture, where a key frame says so.
    """

    __slots__ = (
        "descriptor_size",
        "frame_end",
        "frame_start",
        "height",
        "keyframe",
        "layer_sync",
        "picture_id",
        "picture_id_bits",
        "spatial_id",
        "temporal_id",
        "tl0_picture_index",
        "width",
    )

    def __init__(self, *, keyframe: bool = False, frame_start: bool = False, frame_end: bool = False) -> None:
        self.keyframe = keyframe
        self.frame_start = frame_start
        self.frame_end = frame_end
        self.spatial_id = 0
        self.temporal_id: int | None = None
        self.layer_sync = False
        self.picture_id: int | None = None
        self.picture_id_bits = 0
        self.tl0_picture_index: int | None = None
        self.descriptor_size = 0
        self.width: int | None = None
        self.height: int | None = None
