"""`make demo`: a rehearsal with synthetic endpoints in which each action of the console can be tried."""
