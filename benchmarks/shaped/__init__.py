"""A case of the simulator for real: the server and synthetic endpoints behind shaped lines between namespaces."""
