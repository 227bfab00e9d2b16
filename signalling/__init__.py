"""HTTP API, WebSocket protocol, WHIP/WHEP, negotiation, authentication, metrics, the web app's files."""
