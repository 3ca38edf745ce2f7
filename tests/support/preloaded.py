"""What the server of forks.py imports before it forks: all of ours that runs, with its libraries. Nothing else imports it."""

import gc
import pkgutil
import threading
from importlib import import_module

import services
from tests.support.lazy_routes import make_routes_when_asked

make_routes_when_asked()
for module in pkgutil.walk_packages(services.__path__, "services."):
    import_module(module.name)

assert threading.active_count() == 1, "a thread would be missing in every fork"
gc.collect()
gc.freeze()  # children need not look through it, nor copy it while they look
