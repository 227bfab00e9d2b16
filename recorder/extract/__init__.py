"""A stretch of a recording to hand on, with the proof that it is one."""
