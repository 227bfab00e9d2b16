"""Điểm Cầu beside other media servers: the same endpoints, the same packets, the same machine, alternating runs."""
