"""The floor under every Flask route: a view that answers nothing."""

from flask import Flask

app = Flask(__name__)


@app.route("/healthz")
@app.route("/<path:path>")
def nothing(path: str = "") -> tuple[str, int]:
    """Answer without a body."""
    return path[:0], 204
