"""What a publication can be sent as, by what is known of its layers."""

from types import SimpleNamespace
from typing import Any

from sfu.allocation import options_of
from sfu.rates import LayerRates
from sfu.types import Source


def stream(layer: int, width: int, sizes: list[int]) -> Any:
    """A layer whose temporal layers had these bytes in each of ten seconds."""
    rates = LayerRates()
    for second in range(11):
        rates.tick(now=float(second))
        for temporal, size in enumerate(sizes):
            rates.add(0, temporal, size)
    return SimpleNamespace(layer=layer, rates=rates, width=width, height=width * 9 // 16, alive=lambda now: True)


def publication(*streams: Any) -> Any:
    section = SimpleNamespace(rids=tuple("qhf"[: len(streams)]))
    found = {each.layer: each for each in streams}
    return SimpleNamespace(
        section=section,
        layers_planned=len(streams),
        streams=list(streams),
        plan=None,
        source=Source.CAMERA,
        stream_at=lambda layer: found.get(layer),
    )


def rates_of(options: Any, spatial: int) -> dict[int | None, int]:
    return {each.temporal: each.bitrate_bps for each in options if each.spatial == spatial}


def test_a_layer_that_nobody_reads_has_temporal_layers_as_the_others_have() -> None:
    unread, read = stream(0, 320, [15_000]), stream(1, 640, [20_000, 10_000, 20_000])
    rates = rates_of(options_of(publication(unread, read), 1280 * 720, 10.0), 0)
    assert rates[None] > 100_000
    assert rates[0] < 0.45 * rates[None]


def test_the_temporal_layers_of_one_that_is_read_are_as_measured() -> None:
    read = stream(0, 640, [20_000, 10_000, 20_000])
    rates = rates_of(options_of(publication(read), 1280 * 720, 10.0), 0)
    assert 0.35 < rates[0] / rates[None] < 0.45
    assert 0.55 < rates[1] / rates[None] < 0.65


def test_a_stream_without_temporal_layers_is_sent_whole() -> None:
    assert set(rates_of(options_of(publication(stream(0, 320, [15_000])), 1280 * 720, 10.0), 0)) == {None}
