"""The ring of the last packets: by number, and by age."""

from sfu.history import KEEP_S, History
from sfu.rtp.packet import Packet


def packet(sequence: int, arrival_s: float) -> Packet:
    made = Packet()
    made.sequence, made.arrival_s = sequence, arrival_s
    return made


def kept(history: History, first: int, last: int) -> list[int]:
    return [each.sequence for each in history.since(first, last)]


def test_the_last_capacity_packets_are_kept() -> None:
    history = History(8)
    for sequence in range(100, 112):
        history.put(packet(sequence, 1.0))
    assert kept(history, 0, 111) == list(range(104, 112))
    assert history.get(103) is None


def test_what_is_too_old_is_forgotten_though_there_were_room() -> None:
    history = History(64)
    for sequence in range(10):
        history.put(packet(sequence, float(sequence)))
    assert kept(history, 0, 9) == [each for each in range(10) if each >= 9 - KEEP_S]
    assert history.oldest == 9 - KEEP_S


def test_a_late_packet_finds_its_place_and_a_gap_stays_open() -> None:
    history = History(16)
    for sequence in (5, 6, 9):
        history.put(packet(sequence, 1.0))
    assert history.get(7) is None
    history.put(packet(7, 1.1))
    assert kept(history, 5, 9) == [5, 6, 7, 9]


def test_a_jump_of_the_numbers_empties_the_ring() -> None:
    history = History(16)
    for sequence in (5, 6, 40_000):
        history.put(packet(sequence, 1.0))
    assert kept(history, 0, 40_000) == [40_000]
