"""The server of a simulated session: it forwards, allocates and probes as sfu/session.py and sfu/server.py do."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from bandwidth.allocator import PAUSED, Demand
from bandwidth.estimator import SendSideEstimator
from bandwidth.fair_parts import FairParts
from bandwidth.hysteresis import AllocationKeeper
from bandwidth.simulation import demands as d
from bandwidth.simulation.camera import NETWORK_BYTES, ON_THE_WIRE, RTP_BYTES, Camera, EncodedFrame
from bandwidth.simulation.case import CENTRAL, SITE, SimulationCase, plan_of
from bandwidth.simulation.clock import VirtualClock
from bandwidth.simulation.flow import Flow
from bandwidth.simulation.lines import Lines
from bandwidth.simulation.publisher import Publisher
from bandwidth.simulation.samples import SAMPLE_S, FlowSamples, VoiceSamples, sample_count
from bandwidth.simulation.subscriber import ALL_TEMPORAL, NOTHING, FrameUnderWay, Subscriber, Subscription
from bandwidth.simulation.wide_line import WideLine
from bandwidth.site_budget import FULL_WITHIN_S, SiteBudget
from config.models import MediaSettings
from config.profile import Profile

ALLOCATION_S = 0.4
SOON_S = 0.01
LAYER_OFF_AFTER_S = 1.5
BROWSER_START_BPS = 300_000
BROWSER_PACING = 2.5
BINDS_BELOW = 1.25  # times all that is ever sent: a line with less is simulated packet by packet
REMEMBERED_FRAMES = 120  # of one camera, all layers: more than a second, in which repairs may come
PHASE_S = 0.0137  # between endpoints: spread over a frame's time, no two the same


class Room:
    """Everything of one run. `profile` as the case has changed it; `estimator`: the class that the server uses."""

    def __init__(
        self,
        case: SimulationCase,
        profile: Profile,
        dice: Callable[[], float],
        *,
        estimator: type[SendSideEstimator] = SendSideEstimator,
    ) -> None:
        self.case, self.profile = case, profile
        self.clock = VirtualClock()
        self.lines = Lines(case, profile, dice)
        self.samples = sample_count(case.seconds)
        self._dice, self._estimator = dice, estimator
        self._settings = MediaSettings()
        self._keeper = AllocationKeeper()
        self._site_budget = SiteBudget()
        self._site_bps = d.site_budget_bps(profile)
        self._parts = FairParts()
        self._reserves = d.audio_reserves(case, profile)
        self._wanted_bps: dict[str, float] = {}
        self.used_bps = 0
        self._allocating = False
        self._probe_turn = 0
        self._frames: dict[EncodedFrame, list[FrameUnderWay]] = {}  # the last ones, and to whom they go
        self._unneeded_since: dict[tuple[str, int], float] = {}
        self._subscriptions: dict[tuple[Hashable, Hashable], Subscription] = {}
        self._audience: dict[str, list[tuple[Subscriber, Subscription]]] = {name: [] for name in case.names}
        self._shares_site_down = self._site_down_binds()
        self.publishers = {name: self._publisher(index, name) for index, name in enumerate(case.names)}
        self.subscribers = {name: self._subscriber(index, name) for index, name in enumerate(case.names)}

    # --- building ---

    def _most_bps(self, name: str) -> float:
        """All that an endpoint ever sends, headers included."""
        plan = plan_of(self.profile, name)
        pictures = sum(layer.max_bitrate_bps for layer in plan.camera.layers)
        return ON_THE_WIRE * pictures + self._voice_bytes(name) * 8 * d.VOICES_PER_S

    def _voice_bytes(self, name: str) -> int:
        payload = d.voice_payload_bps(plan_of(self.profile, name)) / 8 / d.VOICES_PER_S
        return int(payload) + RTP_BYTES + NETWORK_BYTES if name in self.case.speaking() else 0

    def _site_down_binds(self) -> bool:
        most = sum(self._most_bps(name) for name in self.case.names)
        return self.lines.lowest_bps(SITE, up=False) < BINDS_BELOW * most

    def _publisher(self, index: int, name: str) -> Publisher:
        line = self.lines.up[name]
        return Publisher(
            name,
            Camera(plan_of(self.profile, name).camera, self.case.temporal_layers, self._dice),
            self.clock,
            self._way_up(index, name) if self._way_up_binds(name) else WideLine(line, FlowSamples(self.samples)),
            line,
            voice_bytes=self._voice_bytes(name),
            deliver=self._on_packet,
            hear=self._on_voice,
        )

    def _way_up_binds(self, name: str) -> bool:
        tight = self.lines.lowest_bps(name, up=True) < BINDS_BELOW * self._most_bps(name)
        return tight or self._shares_site_down or self.lines.loses(name, up=True)

    def _way_up(self, index: int, name: str) -> Flow:
        lines = self.lines
        return Flow(
            self.clock,
            [lines.up[name], lines.down[SITE]] if self._shares_site_down else [lines.up[name]],
            lines.down[name],
            self._estimator(
                start_bps=BROWSER_START_BPS,
                min_bps=self._settings.min_bps,
                max_bps=plan_of(self.profile, name).line_up_bps,
            ),
            FlowSamples(self.samples),
            phase_s=index * PHASE_S,
            pacing_bps=lambda estimator: int(BROWSER_PACING * estimator.target_bps),
            shared_end=self._shares_site_down,
            on_dropped=lambda layers: self.publishers[name].camera.want_key(),
        )

    def _subscriber(self, index: int, name: str) -> Subscriber:
        lines, plan = self.lines, plan_of(self.profile, name)
        flow = Flow(
            self.clock,
            [lines.up[SITE], lines.down[name]],
            lines.up[name],
            self._estimator(
                start_bps=self._settings.start_bps,
                min_bps=self._settings.min_bps,
                max_bps=d.line_budget_bps(plan),
            ),
            FlowSamples(self.samples),
            phase_s=index * PHASE_S,
            on_feedback=lambda before: self._on_feedback(name, before),
            on_dropped=lambda subscriptions: self.subscribers[name].on_dropped(subscriptions, self.clock.now),
        )
        subscriptions = [
            Subscription(
                self.publishers[other],
                stage=other == self.case.stage_of(name),
                wanted_pixels=d.wanted_pixels(self.case, name, other),
            )
            for other in self.case.names
            if other != name
        ]
        red = plan_of(self.profile, CENTRAL).audio_red
        subscriber = Subscriber(name, flow, subscriptions, VoiceSamples(self.samples, red=red))
        for subscription in subscriptions:
            self._audience[subscription.publisher.name].append((subscriber, subscription))
            self._subscriptions[name, subscription.publisher.name] = subscription
        return subscriber

    # --- running ---

    def run(self) -> None:
        """The whole time of the case."""
        for index, publisher in enumerate(self.publishers.values()):
            publisher.start(phase_s=index * PHASE_S)
        self.clock.every(ALLOCATION_S, self._tick, first=SOON_S)
        self.clock.every(SAMPLE_S, self._sample, first=SAMPLE_S)
        self.clock.run(self.samples * SAMPLE_S + 1e-6)

    def _on_packet(self, publisher: Publisher, frame: EncodedFrame, now: float) -> None:
        """The first packet of a frame decides who gets it."""
        under_way = self._frames.get(frame)
        if under_way is None:
            under_way = self._frames[frame] = [
                FrameUnderWay(subscription, subscriber.flow, frame.packets, now)
                for subscriber, subscription in self._audience[publisher.name]
                if subscription.follows(frame)
            ]
            if len(self._frames) > REMEMBERED_FRAMES * len(self.publishers):
                del self._frames[next(iter(self._frames))]
        for each in under_way:
            each.forward(frame, now)

    def _on_voice(self, publisher: Publisher, size_bytes: int, now: float) -> None:
        for subscriber, _ in self._audience[publisher.name]:
            subscriber.on_voice(publisher, size_bytes, now)

    def _on_feedback(self, name: str, before_bps: int) -> None:
        """A line that got worse: down at once."""
        if self.subscribers[name].flow.estimator.target_bps < 0.9 * before_bps and not self._allocating:
            self._allocating = True
            self.clock.at(self.clock.now + SOON_S, self._allocate_soon)

    def _allocate_soon(self, now: float) -> None:
        self._allocating = False
        self._allocate(now)

    def _tick(self, now: float) -> None:
        self._allocate(now)
        self._switch_layers(now)
        self._probe(now)

    def _allocate(self, now: float) -> None:
        rates = {name: publisher.layer_rates(now) for name, publisher in self.publishers.items()}
        asked = d.demands_of(self.case, self.profile, rates)
        budgets: dict[object, int] = {
            name: max(0, min(each.flow.estimator.target_bps, self._line_bps(name)) - self._reserves[name])
            for name, each in self.subscribers.items()
        }
        audio = sum(self._reserves.values())
        self._site_bps = self._learnt(now)
        site = max(0, self._site_bps - audio)
        parts = self._parts.limits(asked, budgets, site, d.claims(self.profile, self._reserves))
        chosen = self._keeper.update(asked, budgets, site, caps=parts, reserved_bps=audio, now=now)
        self._parts.note(asked, chosen)
        self._wanted_bps = {}
        self.used_bps = audio
        for demand in asked:
            self._aim(demand, chosen[demand.key], rates, now)

    def _learnt(self, now: float) -> int:
        """What the site's line carries now, by what its subscribers report; see SiteAllocator."""
        estimators = [each.flow.estimator for each in self.subscribers.values()]
        return self._site_budget.update(
            d.site_budget_bps(self.profile),
            used_bps=self.used_bps,
            arriving_bps=sum(each.acknowledged_bps for each in estimators),
            full=sum(1 for each in estimators if now - each.full_at_s <= FULL_WITHIN_S),
            subscribers=len(estimators),
            now=now,
        )

    def _line_bps(self, name: str) -> int:
        return d.line_budget_bps(plan_of(self.profile, name))

    def _aim(self, demand: Demand, index: int, rates: dict[str, tuple[float, ...]], now: float) -> None:
        name = str(demand.subscriber)
        subscription = self._subscriptions[demand.key]
        self._wanted_bps[name] = self._wanted_bps.get(name, 0.0) + demand.options[-1].bitrate_bps
        subscription.starved = index == PAUSED
        if index == PAUSED:
            subscription.option = None
            subscription.aim(NOTHING, ALL_TEMPORAL, now)
            return
        option = subscription.option = demand.options[index]
        self.used_bps += option.bitrate_bps
        there = [layer for layer, rate in enumerate(rates[str(demand.publication)]) if rate]
        layer = max((each for each in there if each <= option.spatial), default=min(there))
        exact = layer == option.spatial and option.temporal is not None
        subscription.aim(layer, option.temporal if exact and option.temporal is not None else ALL_TEMPORAL, now)

    def _switch_layers(self, now: float) -> None:
        """Layers that nobody follows are switched off at the publisher; the recorder follows the highest."""
        for name, publisher in self.publishers.items():
            highest = len(publisher.camera.plan.layers) - 1
            needed = {0, highest} | {each.wish for _, each in self._audience[name] if each.wish != NOTHING}
            for layer in range(highest + 1):
                if layer in needed:
                    self._unneeded_since.pop((name, layer), None)
                elif now - self._unneeded_since.setdefault((name, layer), now) < LAYER_OFF_AFTER_S:
                    needed.add(layer)
            publisher.camera.want(needed)

    def _probe(self, now: float) -> None:
        """Look for room where pictures could use it; see MediaServer._probe."""
        limit = self._site_bps
        spare = max(0, limit - self.used_bps)
        free = int(limit / self.profile.site.media_share) - limit
        self._probe_turn += 1
        subscribers = list(self.subscribers.values())
        for index in range(len(subscribers)):
            each = subscribers[(index + self._probe_turn) % len(subscribers)]
            room = each.flow.estimator.target_bps + spare + free
            if each.flow.probe(wanted_bps=self._wanted_bps.get(each.name, 0.0), room_bps=room, now=now):
                free = 0

    def _sample(self, now: float) -> None:
        for subscriber in self.subscribers.values():
            subscriber.sample(now, self.case.temporal_layers - 1)
