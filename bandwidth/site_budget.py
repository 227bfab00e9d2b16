"""What the site's line really carries, learnt from the subscribers behind it: less than the profile says, at times.

Each subscriber's congestion control sees its own path. Where many find it full at the same moment, what they share is
full: the site's line. Then the budget falls to just below what arrives at all of them together. It grows back by
GROWTH_PER_S (as in draft-ietf-rmcat-gcc-02 §5.5) up to the cap, the profile's line. Near the rate at which the line was
full before it rests, longer each time it was found full there again, so that a profile that promises too much does not
fill the line every few seconds. What was learnt long ago is forgotten.
"""

MANY = 0.3  # of those who are sent to, and two at least: one subscriber's line is its own affair
LOADED = 0.5  # of the budget must be in use: a line that is hardly used is not what is full
BELOW_ARRIVING = 0.9  # so that the queue drains
LEAST = 0.1  # of the cap
FULL_WITHIN_S = 0.5  # paths found full since are full at once
AGAIN_S = 0.6  # until a cut shows in what subscribers report
GROWTH_PER_S = 1.08
BEYOND_USE, ONE_MORE_BPS = 1.5, 1_500_000  # times what is used, and one large picture: more would be no evidence
RESTING = 0.92  # of the rate at which the line was full
PASSED = 1.1  # times that rate without being full: it is another line, and found out faster
PASSED_GROWTH_PER_S = 1.2
SAME = 0.15  # further apart are two different rates
FIRST_REST_S, LONGEST_REST_S = 3.0, 12.0
FORGOTTEN_S = 90.0


class SiteBudget:
    """`budget_bps`: what all together may be sent, 0 before the first update."""

    def __init__(self) -> None:
        self.budget_bps = 0
        self._cap_bps = 0
        self._full_bps = 0.0  # what arrived when the line was full; 0: never
        self._cut_s = 0.0
        self._rest_s = FIRST_REST_S
        self._updated_s = 0.0

    def update(
        self, cap_bps: int, *, used_bps: int, arriving_bps: float, full: int, subscribers: int, now: float
    ) -> int:
        """The budget from now on; call it some times a second.

        cap_bps: the profile's line. used_bps: what is sent by the last allocation. arriving_bps: what arrives, by the
        reports of all `subscribers`, of whom `full` found their path full since half a second.
        """
        elapsed = now - self._updated_s
        self._updated_s = now
        if not self._full_bps or now - self._cut_s > FORGOTTEN_S:
            self._full_bps = 0.0
            self.budget_bps = cap_bps
        shared = full >= max(2.0, MANY * subscribers) and used_bps >= LOADED * self.budget_bps
        if shared and now - self._cut_s >= AGAIN_S and arriving_bps < self.budget_bps:
            self._cut(arriving_bps, cap_bps, now)
        elif self._full_bps:
            self._grow(used_bps, elapsed, now)
        self.budget_bps = min(self.budget_bps, cap_bps)
        return self.budget_bps

    def _cut(self, arriving_bps: float, cap_bps: int, now: float) -> None:
        again = abs(arriving_bps - self._full_bps) <= SAME * self._full_bps
        if not again:
            self._rest_s = FIRST_REST_S
        elif now - self._cut_s > self._rest_s:  # not one of a few cuts in a row
            self._rest_s = min(2 * self._rest_s, LONGEST_REST_S)
        self._full_bps, self._cut_s = (arriving_bps + self._full_bps) / 2 if again else arriving_bps, now
        self.budget_bps = int(min(self.budget_bps, max(BELOW_ARRIVING * arriving_bps, LEAST * cap_bps)))

    def _grow(self, used_bps: int, elapsed: float, now: float) -> None:
        since = now - self._cut_s
        if since < AGAIN_S:
            return
        passed = self.budget_bps > PASSED * self._full_bps
        grown = self.budget_bps * (PASSED_GROWTH_PER_S if passed else GROWTH_PER_S) ** elapsed
        if since < self._rest_s:
            grown = min(grown, RESTING * self._full_bps)
        self.budget_bps = max(self.budget_bps, int(min(grown, BEYOND_USE * used_bps + ONE_MORE_BPS)))
