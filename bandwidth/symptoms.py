"""What is wrong with one endpoint, over a window of seconds, before anybody asks whose fault it is.

Each symptom comes with its severity: how far beyond its threshold, 1 at it. Those of NOTED to 1 are
kept too: they blame nobody, but tell whether others feel the same.
"""

from collections.abc import Callable, Sequence
from statistics import fmean, median

from bandwidth.attribution_facts import BrowserFacts, Contact, EndpointFacts, Symptom

WINDOW_S = 10
MIN_SAMPLES = 5
NOTED = 0.7
OUT_OF_CONTACT = {  # and for how many seconds on end: who has just come is still making its media connection
    Contact.GONE: (Symptom.NO_CONTACT, 3),
    Contact.WITHOUT_MEDIA: (Symptom.NO_MEDIA, 10),
}
SETTLE_S = 12.0  # a new connection is still looking for its rate
LOSS = 0.02  # what repairs and redundancy of a voice hide well
LOSS_SECONDS = 3  # in the window: one burst is no bad line
QUEUE_S = 0.100  # standing, not a passing burst
FAR_RTT_S = 0.400  # ITU-T G.114: beyond 400 ms one way people talk into each other; here the way and back
SLOW_SHARE = 0.6  # an estimate below this share of what is wanted, or of the profile's line if that is less
SIGN_QUEUE_S = 0.040
EVIDENCE_S = 60.0  # an estimate is the line's doing only if the line showed its limit so recently
TELLING_BPS = 10_000  # a voice that is on has more
LIMITED_SHARE = 0.5
DROPPED_SHARE = 0.2
GAPS_SHARE = 0.03
JITTER_S = 0.060
CALM_JITTER_S = 0.030
SLOW_CAMERA_SHARE = 0.4  # of the frame rate asked for

DOWN = frozenset({Symptom.LOSS_DOWN, Symptom.SLOW_DOWN, Symptom.DELAY, Symptom.JITTER})
UP = frozenset({Symptom.LOSS_UP, Symptom.SLOW_UP})
CONTACT = frozenset({Symptom.NO_CONTACT, Symptom.NO_MEDIA})
DEVICE = frozenset({Symptom.ENCODER, Symptom.DECODER, Symptom.VOICE_GAPS, Symptom.CAMERA_SLOW, Symptom.CAMERA_SILENT})
Severities = dict[Symptom, float]


def receives(facts: EndpointFacts) -> bool:
    """Whether enough goes to the endpoint to tell how its line does."""
    return facts.contact is Contact.HERE and facts.down_bps >= TELLING_BPS


def sends(facts: EndpointFacts) -> bool:
    """The same the other way."""
    return facts.contact is Contact.HERE and (facts.up_bps >= TELLING_BPS or facts.layers_asked > 0)


def strained(facts: EndpointFacts) -> bool:
    """Whether the way to the endpoint showed its limit in this very second: a queue or loss."""
    return facts.queue_s >= SIGN_QUEUE_S or facts.loss_down >= LOSS


def strained_up(facts: EndpointFacts) -> bool:
    """The same for the way from it, by the server's own count and by what the browser says."""
    return facts.loss_up >= LOSS or (facts.browser is not None and _way_out(facts.browser, facts.asked_up_bps) >= 1)


def symptoms_of(window: Sequence[EndpointFacts], *, limit_shown: bool) -> Severities:
    """Symptoms with severities of NOTED and more.

    window: the last seconds, newest last, at most WINDOW_S of them. limit_shown: the line showed its limit (see
    `strained`, or a fallen estimate) within EVIDENCE_S, so that a low estimate is more than a slow start.
    """
    newest = window[-1]
    if newest.contact is not Contact.HERE:
        symptom, seconds = OUT_OF_CONTACT[newest.contact]
        recent = [each.contact for each in window][-seconds:]
        return {symptom: 1.0} if recent == seconds * [newest.contact] else {}
    here = [each for each in window if each.contact is Contact.HERE]
    if len(here) < MIN_SAMPLES:
        return {}
    found = _way_down(here, limit_shown) | _way_up(here) | _device(here)
    return {symptom: severity for symptom, severity in found.items() if severity >= NOTED}


def _way_down(here: Sequence[EndpointFacts], limit_shown: bool) -> Severities:
    rtts = [each.rtt_s for each in here if each.rtt_s is not None]
    queue = median(each.queue_s for each in here) / QUEUE_S
    far = fmean(rtts) / FAR_RTT_S if rtts else 0.0
    found = {Symptom.LOSS_DOWN: _lossy(here, lambda each: each.loss_down), Symptom.DELAY: max(queue, far)}
    settled = [each for each in here if each.connected_s >= SETTLE_S]
    if settled and limit_shown:
        short = sorted(min(each.wanted_bps, each.line_bps) / max(each.estimate_bps, 1) for each in settled)
        # An estimate that shoots up again and again and falls back says nothing by its heights.
        found[Symptom.SLOW_DOWN] = SLOW_SHARE * short[3 * len(short) // 4]
    if found[Symptom.LOSS_DOWN] >= 1 and queue * QUEUE_S >= SIGN_QUEUE_S:  # a full queue drops: too narrow, not bad
        found[Symptom.SLOW_DOWN] = max(found.get(Symptom.SLOW_DOWN, 0.0), found.pop(Symptom.LOSS_DOWN))
    gaps, jitter = browser_median(here, lambda b: b.voice_gaps), browser_median(here, lambda b: b.jitter_s)
    if gaps >= GAPS_SHARE and jitter >= JITTER_S:
        found[Symptom.JITTER] = gaps / GAPS_SHARE
    return found


def _way_up(here: Sequence[EndpointFacts]) -> Severities:
    found = {Symptom.LOSS_UP: _lossy(here, lambda each: each.loss_up)}
    settled = [each for each in here if each.connected_s >= SETTLE_S and each.layers_asked]
    if not settled or browser_median(here, lambda b: b.limited_cpu) >= LIMITED_SHARE:
        return found
    short = [_way_out(each.browser, each.asked_up_bps) for each in settled if each.browser is not None]
    if short:
        found[Symptom.SLOW_UP] = fmean(short)
    elif all(each.layers_sent < each.layers_asked for each in settled):
        found[Symptom.SLOW_UP] = 1.0  # no browser tells why: what was asked for does not come
    return found


def _way_out(browser: BrowserFacts, asked_bps: int) -> float:
    """How far the way out falls short, if the browser says that it holds the picture back."""
    if browser.available_up_bps is None or browser.limited_bandwidth < LIMITED_SHARE:
        return 0.0
    return SLOW_SHARE * asked_bps / max(browser.available_up_bps, 1.0)


def _device(here: Sequence[EndpointFacts]) -> Severities:
    cpu = browser_median(here, lambda b: b.limited_cpu) / LIMITED_SHARE
    found = {Symptom.ENCODER: cpu}
    clean = fmean(each.loss_down for each in here) < LOSS / 2 and median(e.queue_s for e in here) < SIGN_QUEUE_S
    if clean:
        found[Symptom.DECODER] = browser_median(here, lambda b: b.decode_dropped) / DROPPED_SHARE
        if browser_median(here, lambda b: b.jitter_s) < CALM_JITTER_S:
            found[Symptom.VOICE_GAPS] = browser_median(here, lambda b: b.voice_gaps) / GAPS_SHARE
    filmed = [each.browser for each in here if each.browser is not None and each.browser.planned_fps]
    rates = [each.capture_fps for each in filmed if each.capture_fps is not None]
    if len(rates) >= MIN_SAMPLES and cpu < 1:
        share = fmean(rates) / fmean(each.planned_fps for each in filmed)
        symptom = Symptom.CAMERA_SLOW if max(rates) > 0 else Symptom.CAMERA_SILENT
        found[symptom] = SLOW_CAMERA_SHARE / max(share, 0.01)
    return found


def _lossy(here: Sequence[EndpointFacts], loss: Callable[[EndpointFacts], float]) -> float:
    losses = [loss(each) for each in here]
    if sum(each >= LOSS / 2 for each in losses) < LOSS_SECONDS:
        return 0.0
    return fmean(losses) / LOSS


def browser_median(here: Sequence[EndpointFacts], of: Callable[[BrowserFacts], float]) -> float:
    """The middle of what the page told: a talker who falls silent, or a window that is opened, is soon over. 0 where it
    told nothing."""
    told = [of(each.browser) for each in here if each.browser is not None]
    return median(told) if len(told) >= MIN_SAMPLES else 0.0
