"""
Functions of anybody's, by name: what a program calls through clipguard.CallGuard. Modules named on the command line are imported before the filter closes.
"""

import importlib
import os
import pickle
import sys

from clipguard import _calls, worker
from clipguard._version import __version__


@worker.inspect
def call(clip, spec):
    # From the program that started this, over its own socket.
    module, name, arguments, keywords, environment = pickle.loads(clip.read())
    os.environ.update(environment)
    function = importlib.import_module(module)
    for part in name.split("."):
        function = getattr(function, part)
    worker.stage("decode")
    return _calls.encode(function(*arguments, **keywords))


def main():
    for module in sys.argv[2:]:
        importlib.import_module(module)
    libraries = {}
    for name in sys.argv[2:]:
        package = sys.modules[name.split(".")[0]]
        libraries[package.__name__] = str(getattr(package, "__version__", "unknown"))[:64]
    worker.run(decoder=f"Python functions, clipguard {__version__}", libraries=libraries)
