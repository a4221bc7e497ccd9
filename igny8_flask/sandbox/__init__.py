"""A stand-in for AI providers: OpenAI's API with some of its dialects, and Runware's.

It answers like the real ones, refuses like them, and fails on request, so that the product's own
code runs unchanged with nothing but another base URL. Everything it makes says that it was made by
the sandbox.
"""

from igny8_flask.sandbox.app import create_sandbox
from igny8_flask.sandbox.server import SandboxServer, make_sandbox_server, run_sandbox

__all__ = ["SandboxServer", "create_sandbox", "make_sandbox_server", "run_sandbox"]
