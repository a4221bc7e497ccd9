"""Publishing against a real WordPress: the backend in this process, the plugin in that one."""
