"""The browser app's files: hashed assets for ever, index.html never cached, unknown paths to the app."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from signalling.problems import not_found

ROOT = Path(__file__).parent / "webapp"
_NOT_BUILT = """<!doctype html><html lang="vi"><meta charset="utf-8"><title>Điểm Cầu</title>
<p>Ứng dụng web chưa được dựng. Hãy chạy <code>make run</code>.
<p>The web app is not built yet: run <code>make run</code>.
"""


async def serve_app(request: web.Request) -> web.StreamResponse:
    """A file of the app, or index.html for a path of the app's own."""
    name = request.match_info.get("path", "")
    if name.startswith(("api/", "whip/", "whep/")):
        raise not_found("resource")
    root = ROOT.resolve()
    path = (root / name).resolve()
    if name and path.is_relative_to(root) and path.is_file():
        immutable = name.startswith("assets/")
        cache = "public, max-age=31536000, immutable" if immutable else "no-cache"
        return web.FileResponse(path, headers={"Cache-Control": cache})
    if name.startswith("assets/"):
        raise not_found("file")
    index = root / "index.html"
    if not index.exists():
        return web.Response(text=_NOT_BUILT, content_type="text/html", status=503)
    return web.FileResponse(index, headers={"Cache-Control": "no-cache"})
