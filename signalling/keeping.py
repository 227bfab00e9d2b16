"""Routes of what comes after the session: uses, disks and copies, how long recordings are kept."""

from signalling import custody_api, export_api, retention_api, storage_api

ROUTES = [*custody_api.ROUTES, *export_api.ROUTES, *storage_api.ROUTES, *retention_api.ROUTES]
