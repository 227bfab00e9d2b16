"""How long statistics, register and technical annex of a long period take over HTTP."""
