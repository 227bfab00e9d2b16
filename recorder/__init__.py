"""The recorder: tap, journal process, muxing, evidence chain, verification."""
