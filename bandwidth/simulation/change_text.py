"""A change of a line as people write it: "20s delegate-3 down 1Mb/s"."""

from __future__ import annotations

import re

from pydantic import ValidationError

from bandwidth.simulation.case import WHO, LineChange

EXAMPLE = '"20s delegate-3 down 1Mb/s"'
WHAT = ("up", "down", "both", "loss", "delay")
_NUMBER = r"(\d+(?:\.\d+)?)"
_TIME = re.compile(rf"{_NUMBER}s?")
_RATE = re.compile(rf"{_NUMBER}([kmg])(?:b/s|bps|bit|bit/s)?", re.IGNORECASE)
_UNITS_MBPS = {"k": 0.001, "m": 1.0, "g": 1000.0}
_RANGES = {"mbps": "64 kb/s to 10,000 Mb/s", "loss": "0 % to 30 %", "delay": "0 ms to 1000 ms", "at": "0 s to 120 s"}


def parse_change(text: str) -> LineChange:
    """TIME WHO WHAT VALUE, further WHAT VALUE after it. Raises ValueError with what is wrong and what is allowed.

    WHO: site, central, delegates (each), delegate-3. WHAT: up, down or both with a rate, loss with %, delay with ms.
    """
    words = re.sub(r"(?<=\d)\s+(?=[kKmMgG%])", "", text).split()
    if len(words) < 4 or len(words) % 2:
        raise ValueError(f"must be TIME WHO WHAT VALUE, as in {EXAMPLE}")
    time = _TIME.fullmatch(words[0])
    if time is None:
        raise ValueError(f"{words[0]} is no time: write seconds, as in 20s")
    if not re.fullmatch(WHO, words[1]):
        raise ValueError(f"{words[1]} is nobody: write site, central, delegates or a delegate as in delegate-3")
    values: dict[str, object] = {"at_s": float(time[1]), "who": words[1]}
    for what, value in zip(words[2::2], words[3::2], strict=True):
        values.update(_read(what, value))
    try:
        return LineChange.model_validate(values)
    except ValidationError as error:
        field = str(error.errors()[0]["loc"][0])
        allowed = next(text for name, text in _RANGES.items() if name in field)
        raise ValueError(f"allowed is {allowed}") from None


def _read(what: str, value: str) -> dict[str, float]:
    if what not in WHAT:
        raise ValueError(f"{what} cannot be changed: write {', '.join(WHAT[:-1])} or {WHAT[-1]}")
    if what == "loss":
        return {"loss_percent": _number(value, "%", "loss in percent, as in 5%")}
    if what == "delay":
        return {"delay_ms": _number(value, "ms", "delay in milliseconds one way, as in 40ms")}
    rate = _RATE.fullmatch(value)
    if rate is None:
        raise ValueError(f"{value} is no rate: write it as in 600kb/s or 1Mb/s")
    mbps = float(rate[1]) * _UNITS_MBPS[rate[2].lower()]
    return {f"{direction}_mbps": mbps for direction in (("up", "down") if what == "both" else (what,))}


def _number(text: str, unit: str, example: str) -> float:
    number = re.fullmatch(_NUMBER, text.removesuffix(unit))
    if number is None:
        raise ValueError(f"{text}: write the {example}")
    return float(number[1])
