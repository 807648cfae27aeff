# `importlib.util`: specs, and modules from them.
import sys
from contextlib import contextmanager
from importlib.machinery import ModuleSpec, NamespaceLoader, PathFinder, SourceFileLoader, SourceLoader

MAGIC_NUMBER = b"+\x0e\r\n"


def decode_source(source_bytes):
    import io
    import tokenize

    encoding, _ = tokenize.detect_encoding(io.BytesIO(source_bytes).readline)
    return io.IncrementalNewlineDecoder(None, True).decode(source_bytes.decode(encoding))


def cache_from_source(path, debug_override=None, *, optimization=None):
    import os

    head, tail = os.path.split(os.fspath(path))
    base, dot, rest = tail.rpartition(".")
    tag = sys.implementation.cache_tag
    if tag is None:
        raise NotImplementedError("sys.implementation.cache_tag is None")
    if optimization is None:
        optimization = "" if debug_override is None or debug_override else 1
    optimization = str(optimization)
    if optimization != "":
        if not optimization.isalnum():
            raise ValueError(f"{optimization!r} is not alphanumeric")
        optimization = f".opt-{optimization}"
    return os.path.join(head, "__pycache__", f"{base if base else rest}{dot}{tag}{optimization}.pyc")


def source_from_cache(path):
    import os

    if sys.implementation.cache_tag is None:
        raise NotImplementedError("sys.implementation.cache_tag is None")
    path = os.fspath(path)
    head, name = os.path.split(path)
    head, folder = os.path.split(head)
    if folder != "__pycache__":
        raise ValueError(f"__pycache__ not bottom-level directory in {path!r}")
    dots = name.count(".")
    if dots not in {2, 3}:
        raise ValueError(f"expected only 2 or 3 dots in {name!r}")
    if dots == 3:
        optimization = name.rsplit(".", 2)[-2]
        if not optimization.startswith("opt-"):
            raise ValueError("optimization portion of filename does not start with 'opt-'")
        if not optimization[4:].isalnum():
            raise ValueError(f"optimization level {optimization[4:]!r} is not an alphanumeric value")
    return os.path.join(head, name.partition(".")[0] + ".py")


def resolve_name(name, package):
    if not name.startswith("."):
        return name
    if not package:
        raise ImportError(f"no package specified for {name!r} (required for relative module names)")
    level = len(name) - len(name.lstrip("."))
    bits = package.rsplit(".", level - 1)
    if len(bits) < level:
        raise ImportError("attempted relative import beyond top-level package")
    return f"{bits[0]}.{name[level:]}" if name[level:] else bits[0]


def find_spec(name, package=None):
    fullname = resolve_name(name, package)
    if fullname in sys.modules:
        module = sys.modules[fullname]
        if module is None:
            return None
        try:
            spec = module.__spec__
        except AttributeError:
            raise ValueError(f"{name}.__spec__ is not set") from None
        if spec is None:
            raise ValueError(f"{name}.__spec__ is None")
        return spec
    parent, _, _ = fullname.rpartition(".")
    path = None
    if parent:
        try:
            path = __import__(parent, fromlist=["__path__"]).__path__
        except AttributeError as error:
            raise ModuleNotFoundError(f"__path__ attribute not found on {parent!r} while trying to find {fullname!r}", name=fullname) from error
    for finder in sys.meta_path:
        spec = finder.find_spec(fullname, path)
        if spec is not None:
            return spec
    spec = PathFinder.find_spec(fullname, path)
    if spec is not None:
        return spec
    # A module of the embedded library, or of the machine: imported to see what it is.
    try:
        __import__(fullname)
    except ModuleNotFoundError as error:
        if error.name == fullname:
            return None
        raise
    spec = getattr(sys.modules[fullname], "__spec__", None)
    return spec if spec is not None else ModuleSpec(fullname, None)


def spec_from_loader(name, loader, *, origin=None, is_package=None):
    if origin is None:
        origin = getattr(loader, "_ORIGIN", None)
    if hasattr(loader, "get_filename"):
        locations = [] if is_package else None
        if is_package is None:
            return spec_from_file_location(name, loader=loader)
        return spec_from_file_location(name, loader=loader, submodule_search_locations=locations)
    if is_package is None:
        try:
            is_package = loader.is_package(name)
        except (AttributeError, ImportError):
            is_package = False
    return ModuleSpec(name, loader, origin=origin, is_package=is_package)


def spec_from_file_location(name, location=None, *, loader=..., submodule_search_locations=...):
    import os

    if location is None:
        location = "<unknown>"
        if hasattr(loader, "get_filename"):
            try:
                location = loader.get_filename(name)
            except ImportError:
                pass
    else:
        location = os.path.abspath(os.fspath(location))
    if loader is ...:
        # As CPython chooses: by the end of the name.
        if not location.endswith(".py"):
            return None
        loader = SourceFileLoader(name, location)
    spec = ModuleSpec(name, loader, origin=location)
    spec.has_location = True
    spec.cached = cache_from_source(location) if location.endswith(".py") else None
    if submodule_search_locations is not ...:
        spec.submodule_search_locations = submodule_search_locations
    elif hasattr(loader, "is_package"):
        try:
            if loader.is_package(name):
                spec.submodule_search_locations = []
        except ImportError:
            pass
    if spec.submodule_search_locations == []:
        spec.submodule_search_locations.append(os.path.dirname(location))
    return spec


def module_from_spec(spec):
    module = None
    if hasattr(spec.loader, "create_module"):
        module = spec.loader.create_module(spec)
    elif hasattr(spec.loader, "exec_module"):
        raise ImportError("loaders that define exec_module() must also define create_module()")
    if module is None:
        module = type(sys)(spec.name)
    module.__name__ = spec.name
    module.__loader__ = spec.loader
    module.__package__ = spec.parent
    module.__spec__ = spec
    if spec.submodule_search_locations is not None:
        module.__path__ = spec.submodule_search_locations
    if spec.has_location:
        module.__file__ = spec.origin
        if spec.cached is not None:
            module.__cached__ = spec.cached
    return module


def _load(spec):
    """Makes, enters and runs a module: what the machine does with the spec of a finder in `sys.meta_path`."""
    if spec.loader is None and spec.submodule_search_locations is not None:
        spec.loader = NamespaceLoader(spec.name, spec.submodule_search_locations)
    if not hasattr(spec.loader, "exec_module"):
        return spec.loader.load_module(spec.name)
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(spec.name, None)
        raise
    return sys.modules[spec.name]


class _LazyModule(type(sys)):
    def __getattribute__(self, name):
        spec = object.__getattribute__(self, "__spec__")
        self.__class__ = type(sys)
        spec.loader.exec_module(self)
        return getattr(self, name)


class LazyLoader:
    """Runs a module when an attribute of it is first asked for."""

    @classmethod
    def factory(cls, loader):
        return lambda *args, **kwargs: cls(loader(*args, **kwargs))

    def __init__(self, loader):
        if not hasattr(loader, "exec_module"):
            raise TypeError("loader must define exec_module()")
        self.loader = loader

    def create_module(self, spec):
        return self.loader.create_module(spec)

    def exec_module(self, module):
        module.__spec__.loader = self.loader
        module.__loader__ = self.loader
        module.__class__ = _LazyModule


@contextmanager
def _incompatible_extension_module_restrictions(*, disable_check):
    yield
