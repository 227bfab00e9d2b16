"""Room 4's arithmetic and room 5's sending in C, where it has been built; the Python twins serve where not.

`docs/decisions/0005-fan-out-in-c.md` says why, and what it brings.
"""
