"""HTTP to a worker and back: nothing is changed, and answers are not kept whole in memory."""

from __future__ import annotations

import aiohttp
from aiohttp import web
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from signalling.front.pool import Backend
from signalling.guard import address_of
from signalling.problems import Problem

CHUNK_BYTES = 256 * 1024
# Of one connection, not of the message (RFC 9110 §7.6.1). Expect was answered when the body was read here.
_HOP_BY_HOP = {
    "connection",
    "expect",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}


class WorkerLost(Problem):
    """502: nobody knows whether it did what was asked."""

    def __init__(self, cause: str) -> None:
        super().__init__(502, "worker_lost", "The worker was lost before it answered", cause)


def end_to_end(headers: CIMultiDictProxy[str]) -> CIMultiDict[str]:
    """The headers that go on, several of a name in their order."""
    named = {name.strip().lower() for value in headers.getall("Connection", []) for name in value.split(",")}
    dropped = _HOP_BY_HOP | named
    return CIMultiDict((name, value) for name, value in headers.items() if name.lower() not in dropped)


def worker_url(request: web.Request) -> URL:
    """The request's path and query as they were written; the socket says which worker."""
    path, query = request.rel_url.raw_path, request.rel_url.raw_query_string
    path = path if path.startswith("/") else f"/{path}"  # OPTIONS *
    return URL.build(scheme="http", host="worker", path=path, query_string=query, encoded=True)


FILES = ("multipart/", "application/pdf")  # documents and scans: never held in memory


async def forward(request: web.Request, backend: Backend) -> web.StreamResponse:
    """The worker's answer, streamed as fast as the client reads. The body of a request is as small as workers take;
    files are streamed.

    Raises WorkerLost where the worker was lost before it answered.
    """
    if backend.client is None:
        raise WorkerLost("it has just gone")
    body: bytes | aiohttp.StreamReader | None = None
    if request.content_type.startswith(FILES):  # the worker says how large they may be
        body = request.content
    elif request.body_exists:
        body = await request.read()
    headers = end_to_end(request.headers)
    headers["X-Forwarded-For"] = address_of(request)
    try:
        answer = await backend.client.request(
            request.method,
            worker_url(request),
            headers=headers,
            data=body,
            allow_redirects=False,
        )
    except (aiohttp.ClientError, TimeoutError) as error:
        raise WorkerLost(str(error)) from None
    async with answer:
        return await _stream(request, answer)


async def _stream(request: web.Request, answer: aiohttp.ClientResponse) -> web.StreamResponse:
    response = web.StreamResponse(status=answer.status, reason=answer.reason, headers=end_to_end(answer.headers))
    await response.prepare(request)
    try:
        async for chunk in answer.content.iter_chunked(CHUNK_BYTES):
            await response.write(chunk)
    except aiohttp.ClientError:
        # Half an answer must not look whole: the client sees the connection break.
        if request.transport is not None:
            request.transport.abort()
        return response
    await response.write_eof()
    return response
