# What programs use of `importlib` itself.
import sys

__all__ = ["__import__", "import_module", "invalidate_caches", "reload"]
__import__ = __import__


def import_module(name, package=None):
    if name.startswith("."):
        if not package:
            raise TypeError(f"the 'package' argument is required to perform a relative import for {name!r}")
        level = len(name) - len(name.lstrip("."))
        bits = package.rsplit(".", level - 1)
        if len(bits) < level:
            raise ImportError("attempted relative import beyond top-level package")
        name = f"{bits[0]}.{name[level:]}" if name[level:] else bits[0]
    __import__(name)
    return sys.modules[name]


def invalidate_caches():
    for finder in sys.meta_path:
        if hasattr(finder, "invalidate_caches"):
            finder.invalidate_caches()


def reload(module):
    if not isinstance(module, type(sys)):
        raise TypeError("reload() argument must be a module")
    name = module.__spec__.name if getattr(module, "__spec__", None) is not None else module.__name__
    if sys.modules.get(name) is not module:
        raise ImportError(f"module {name} not in sys.modules", name=name)
    del sys.modules[name]
    try:
        fresh = import_module(name)
        module.__dict__.update(fresh.__dict__)
    finally:
        sys.modules[name] = module
    return module
