"""Files for use made from sealed recordings, one after the other, by a process that gives way to everything else."""
