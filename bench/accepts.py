"""Accepts at a fixed rate: each request leaves at its time, whatever became of the others."""

import http.client
import json
import statistics
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

CONNECTIONS = 64
PATH = "/v1/writer/tasks/auto_generate_content/"
_local = threading.local()


def accept(host: str, key: str, task_id: str) -> int:
    """Press Generate content once; the status, 0 for none."""
    body = json.dumps({"ids": [task_id], "options": {"images": False, "publish": False}})
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    headers["Idempotency-Key"] = task_id
    if not hasattr(_local, "line"):
        _local.line = http.client.HTTPConnection(host, timeout=30)
    for _ in range(2):  # the server may have closed an idle connection just now
        try:
            _local.line.request("POST", PATH, body, headers)
            answer = _local.line.getresponse()
            answer.read()
            return int(answer.status)
        except (OSError, http.client.HTTPException):
            _local.line.close()
    return 0


def main() -> None:
    """Print rate, percentiles in ms and the number of errors as JSON."""
    url, file, rate = sys.argv[1:]
    host = urlsplit(url).netloc
    targets = json.loads(Path(file).read_text(encoding="utf-8"))
    begun = time.perf_counter()

    def one(number: int) -> tuple[float, int]:
        due = begun + number / float(rate)
        time.sleep(max(due - time.perf_counter(), 0))
        status = accept(host, *targets[number])
        return (time.perf_counter() - due) * 1000, status

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        done = list(pool.map(one, range(len(targets))))
    seconds = time.perf_counter() - begun
    waits = [wait for wait, _ in done]
    cuts = statistics.quantiles(waits, n=100)
    errors = sum(status != 202 for _, status in done)
    told = {"p50": cuts[49], "p95": cuts[94], "p99": cuts[98], "errors": errors}
    print(json.dumps({"per_second": len(done) / seconds, **told}))


if __name__ == "__main__":
    main()
