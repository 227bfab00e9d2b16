"""The media plane: one UDP port, ICE-lite, DTLS-SRTP, publications, subscriptions, loss recovery, RTCP."""
