"""The routes for operating a running session, together."""

from signalling import back_channel_api, incident_api, join_api, room_api, script_api, snapshots

ROUTES = [
    *room_api.ROUTES,
    *incident_api.ROUTES,
    *snapshots.ROUTES,
    *join_api.ROUTES,
    *script_api.ROUTES,
    *back_channel_api.ROUTES,
]
