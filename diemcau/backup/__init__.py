"""Backups of the store and the data directory, their restoring, and moves from one database to another."""
