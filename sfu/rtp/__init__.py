"""RTP, RTCP and header extensions: pure parsing and building."""
