"""``python -m bench.peers <app> <count>``: enqueue so many jobs of a peer."""

import sys
from importlib import import_module

app = import_module(f"bench.peers.{sys.argv[1]}")
for _ in range(int(sys.argv[2])):
    app.send()
