"""The fault proxy: what each fault does to a client that waits for an answer."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from tests.lab.fault_proxy import FaultProxy

TIMEOUT_S = 20


class Answering(BaseHTTPRequestHandler):
    """Says hello."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *_: object) -> None:
        """Say nothing else."""


@pytest.fixture
def proxy() -> Iterator[FaultProxy]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    proxy = FaultProxy(server.server_address[1])
    yield proxy
    proxy.stop()
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("fault", [None, "delay", "drip"])
def test_the_answer_arrives(proxy: FaultProxy, fault: str | None) -> None:
    proxy.fault = fault
    assert requests.get(proxy.url, timeout=TIMEOUT_S).text == "hello"


def test_a_storm_answers_5xx_in_place_of_the_server(proxy: FaultProxy) -> None:
    proxy.fault = "storm_5xx"
    answer = requests.get(proxy.url, timeout=TIMEOUT_S)
    assert answer.status_code in (500, 502, 503)
    assert "hello" not in answer.text


@pytest.mark.parametrize("fault", ["reset", "half_close", "lost_answer"])
def test_the_client_is_cut_off_and_does_not_wait_for_its_timeout(
    proxy: FaultProxy, fault: str
) -> None:
    proxy.fault = fault
    with pytest.raises(requests.ConnectionError) as failed:
        requests.get(proxy.url, timeout=TIMEOUT_S)
    assert "timed out" not in str(failed.value)
    assert proxy.struck == 1
