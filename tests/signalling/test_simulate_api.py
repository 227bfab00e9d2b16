"""What-if questions to a real server: the documented answer, clear refusals, nobody disturbed."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import aiohttp
import pytest

from bandwidth.simulation.result import Simulation
from tests.browser.harness import Server, free_port

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("simulate") / "data", free_port())
    running.start()
    yield running
    running.stop()
    assert "Traceback" not in running.log.read_text()


def test_the_simulator_answers_as_its_schema_says(server: Server) -> None:
    change = {"at_s": 5, "who": "delegate-2", "down_mbps": 1}
    answer = server.call("POST", "/simulate", {"profile": "30-5", "delegates": 2, "seconds": 10, "changes": [change]})
    result = Simulation.model_validate(answer)
    assert [phase.from_s for phase in result.phases] == [0, 5]
    assert [each.name for each in result.curves] == ["central", "delegate-1", "delegate-2"]
    with urllib.request.urlopen(f"{server.base}/api/openapi.json", timeout=10) as response:
        schemas = json.load(response)["components"]["schemas"]
    assert set(answer) == set(schemas["Simulation"]["properties"])


@pytest.mark.parametrize(
    ("body", "pointer", "says"),
    [
        ({"delegates": 31}, "/delegates", "less than or equal to 30"),
        ({"delegates": 30, "seconds": 60}, "/", "with 30 delegates at most 40 seconds"),
        ({"changes": [{"at_s": 5, "who": "nobody"}]}, "/changes/0/who", "pattern"),
        ({"changes": [{"at_s": 5, "who": "delegate-9"}]}, "/", "delegate-9 does not take part"),
        ({"lines": 3}, "/lines", "not permitted"),
    ],
)
def test_a_what_if_question_out_of_range_is_refused(
    server: Server, body: dict[str, Any], pointer: str, says: str
) -> None:
    status, problem = server.problem("POST", "/simulate", body)
    assert status == 422
    assert problem["errors"][0]["pointer"] == pointer
    assert says in problem["errors"][0]["message"]


async def test_one_simulation_at_a_time_and_the_server_answers_meanwhile(server: Server) -> None:
    question = {"delegates": 10, "seconds": 30}
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {server.token}"}) as client:

        async def ask() -> tuple[int, str]:
            async with client.post(f"{server.base}/api/v1/simulate", json=question) as response:
                return response.status, (await response.json()).get("code", "")

        asked = [asyncio.create_task(ask()) for _ in range(2)]
        (refused,), (running,) = await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
        assert refused.result() == (503, "simulator_busy")
        async with client.get(f"{server.base}/healthz") as response:
            assert response.status == 200
        assert not running.done()
        assert (await running)[0] == 200
