"""The version of service and plugin; its first two numbers say which belong together."""

VERSION = "0.1.0"
