# The names of `importlib.machinery`. Nothing here loads a module: the machine does that.

SOURCE_SUFFIXES = [".py"]
BYTECODE_SUFFIXES = [".pyc"]
DEBUG_BYTECODE_SUFFIXES = OPTIMIZED_BYTECODE_SUFFIXES = [".pyc"]
EXTENSION_SUFFIXES = []


def all_suffixes():
    return SOURCE_SUFFIXES + BYTECODE_SUFFIXES + EXTENSION_SUFFIXES


class ModuleSpec:
    def __init__(self, name, loader, *, origin=None, loader_state=None, is_package=None):
        self.name = name
        self.loader = loader
        self.origin = origin
        self.loader_state = loader_state
        self.submodule_search_locations = [] if is_package else None
        self.cached = None
        self.has_location = False

    @property
    def parent(self):
        return self.name.rpartition(".")[0] if self.submodule_search_locations is None else self.name

    def __repr__(self):
        parts = [f"name={self.name!r}", f"loader={self.loader!r}"]
        if self.origin is not None:
            parts.append(f"origin={self.origin!r}")
        return f"ModuleSpec({', '.join(parts)})"


class BuiltinImporter:
    pass


class FrozenImporter:
    pass


class WindowsRegistryFinder:
    pass


class PathFinder:
    pass


class FileFinder:
    pass


class _Loader:
    def __init__(self, fullname=None, path=None):
        self.name = fullname
        self.path = path


class SourceFileLoader(_Loader):
    pass


class SourcelessFileLoader(_Loader):
    pass


class ExtensionFileLoader(_Loader):
    pass


class AppleFrameworkLoader(ExtensionFileLoader):
    pass


class NamespaceLoader(_Loader):
    pass
