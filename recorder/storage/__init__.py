"""Where recordings lie after the session: space, copies, how long they are kept, whether they are still whole."""
