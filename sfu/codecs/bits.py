"""Reading bits, most significant first."""

from sfu.errors import MalformedPacket


class BitReader:
    """A cursor over the bits of `data`. Every read past the end raises MalformedPacket."""

    __slots__ = ("_bits", "_position", "_value")

    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data, "big")
        self._bits = 8 * len(data)
        self._position = 0

    @property
    def position(self) -> int:
        """Bits read so far."""
        return self._position

    def read(self, count: int) -> int:
        """The next `count` bits as an unsigned number."""
        self._position += count
        if self._position > self._bits:
            raise MalformedPacket("ran out of bits")
        return self._value >> (self._bits - self._position) & ((1 << count) - 1)

    def exp_golomb(self) -> int:
        """ue(v) of ITU-T H.264 §9.1."""
        zeros = 0
        while not self.read(1):
            zeros += 1
            if zeros > 31:
                raise MalformedPacket("Exp-Golomb code too long")
        return (1 << zeros) - 1 + self.read(zeros)

    def non_symmetric(self, count: int) -> int:
        """ns(n) of the AV1 specification §4.10.7: a value from 0 to count − 1."""
        if count <= 1:
            return 0
        width = count.bit_length()
        short = (1 << width) - count
        value = self.read(width - 1)
        if value < short:
            return value
        return (value << 1) - short + self.read(1)
