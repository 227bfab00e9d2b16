"""AV1: the dependency descriptor header extension (AV1 RTP specification, appendix A) and the aggregation header.

The descriptor names, for every frame, a template of a structure that came with a key frame: spatial and temporal layer,
and for each decode target whether the frame is needed.
"""

from dataclasses import dataclass

from sfu.codecs.bits import BitReader
from sfu.codecs.facts import FrameFacts
from sfu.errors import MalformedPacket

NOT_PRESENT, DISCARDABLE, SWITCH, REQUIRED = range(4)
_MAX_TEMPLATES = 64


@dataclass(frozen=True, slots=True)
class Template:
    """One frame template: its layers and the indication for each decode target."""

    spatial_id: int
    temporal_id: int
    indications: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Structure:
    """The template dependency structure. `resolutions`: (width, height) per spatial layer, empty if not said."""

    id_offset: int
    targets: int
    templates: tuple[Template, ...]
    resolutions: tuple[tuple[int, int], ...]


def parse_av1_untrusted(payload: memoryview, *, marker: bool) -> FrameFacts:
    """Facts from the aggregation header alone (AV1 RTP §4.4): N marks the first packet of a coded video sequence."""
    if len(payload) < 2:
        raise MalformedPacket("AV1 packet cut short")
    head = payload[0]
    facts = FrameFacts(frame_end=marker, frame_start=not head & 0x80, keyframe=head & 0x08 != 0)
    facts.layer_sync = facts.keyframe
    return facts


class DependencyDescriptorReader:
    """Reads the descriptors of one stream; keeps the structure that the last key frame brought."""

    def __init__(self) -> None:
        self.structure: Structure | None = None

    def read_untrusted(self, data: memoryview, *, marker: bool) -> FrameFacts:
        """Facts of the packet that carries this descriptor. Raises MalformedPacket; the structure then stays."""
        bits = BitReader(bytes(data))
        facts = FrameFacts(frame_start=bits.read(1) == 1, frame_end=bits.read(1) == 1)
        template_id = bits.read(6)
        facts.picture_id = bits.read(16)
        facts.picture_id_bits = 16
        structure = self.structure
        if len(data) > 3:
            flags = bits.read(5)
            if flags & 0x10:
                structure = self.structure = _read_structure(bits)
                facts.keyframe = True
        if structure is None:
            raise MalformedPacket("AV1 dependency descriptor before its structure")
        index = (template_id - structure.id_offset) % _MAX_TEMPLATES
        if index >= len(structure.templates):
            raise MalformedPacket("AV1 dependency descriptor with an unknown template")
        template = structure.templates[index]
        facts.spatial_id, facts.temporal_id = template.spatial_id, template.temporal_id
        facts.layer_sync = facts.keyframe or SWITCH in template.indications
        if facts.keyframe and structure.resolutions:
            facts.width, facts.height = structure.resolutions[-1]
        return facts


def _read_structure(bits: BitReader) -> Structure:
    offset = bits.read(6)
    targets = bits.read(5) + 1
    layers = _read_layers(bits)
    templates = [
        Template(spatial, temporal, tuple(bits.read(2) for _ in range(targets))) for spatial, temporal in layers
    ]
    for _ in templates:  # frame differences of each template
        while bits.read(1):
            bits.read(4)
    chains = bits.non_symmetric(targets + 1)
    if chains:
        for _ in range(targets):
            bits.non_symmetric(chains)
        for _ in templates:
            bits.read(4 * chains)
    spatial_layers = max(spatial for spatial, _ in layers) + 1
    resolutions: tuple[tuple[int, int], ...] = ()
    if bits.read(1):
        resolutions = tuple((bits.read(16) + 1, bits.read(16) + 1) for _ in range(spatial_layers))
    return Structure(offset, targets, tuple(templates), resolutions)


def _read_layers(bits: BitReader) -> list[tuple[int, int]]:
    """(spatial, temporal) of each template: 0 the same as before, 1 next temporal, 2 next spatial, 3 the end."""
    layers = [(0, 0)]
    while True:
        step = bits.read(2)
        if step == 3:
            return layers
        if len(layers) >= _MAX_TEMPLATES:
            raise MalformedPacket("AV1 dependency structure with too many templates")
        spatial, temporal = layers[-1]
        layers.append(((spatial, temporal), (spatial, temporal + 1), (spatial + 1, 0))[step])
