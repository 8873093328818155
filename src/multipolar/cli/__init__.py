"""The command line: parse, call one library function, print. Data to stdout, the rest to stderr.

Every module of ``commands`` adds its commands to ``app``; nothing heavy is loaded before a command
needs it.
"""

from importlib import import_module
from pkgutil import iter_modules

from multipolar.cli import commands
from multipolar.cli.app import app
from multipolar.cli.run import main

__all__ = ["app", "main"]

#: Modules whose commands the help lists first, in this order; the others follow by name.
FIRST = ("report", "verify", "figures", "gap", "lines", "evidence", "coverage")

_names = sorted(module.name for module in iter_modules(commands.__path__))
for _name in sorted(_names, key=lambda name: FIRST.index(name) if name in FIRST else len(FIRST)):
    import_module(f"{commands.__name__}.{_name}")
