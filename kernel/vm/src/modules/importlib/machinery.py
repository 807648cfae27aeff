# The names of `importlib.machinery`. The machine imports by itself; the loaders here are for programs that load a file their own way.
import sys

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
        self._initializing = False

    @property
    def parent(self):
        return self.name.rpartition(".")[0] if self.submodule_search_locations is None else self.name

    def __eq__(self, other):
        try:
            return (
                self.name == other.name
                and self.loader == other.loader
                and self.origin == other.origin
                and self.submodule_search_locations == other.submodule_search_locations
                and self.cached == other.cached
                and self.has_location == other.has_location
            )
        except AttributeError:
            return NotImplemented

    def __repr__(self):
        parts = [f"name={self.name!r}", f"loader={self.loader!r}"]
        if self.origin is not None:
            parts.append(f"origin={self.origin!r}")
        if self.submodule_search_locations is not None:
            parts.append(f"submodule_search_locations={self.submodule_search_locations}")
        return f"ModuleSpec({', '.join(parts)})"


class _Loader:
    """What every loader does with the code that its `get_code` gives."""

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        code = self.get_code(module.__name__)
        if code is None:
            raise ImportError(f"cannot load module {module.__name__!r} when get_code() returns None")
        exec(code, module.__dict__)

    def load_module(self, fullname):
        from importlib.util import module_from_spec, spec_from_loader

        module = sys.modules.get(fullname)
        if module is None:
            module = sys.modules[fullname] = module_from_spec(spec_from_loader(fullname, self))
        self.exec_module(module)
        return sys.modules[fullname]


class _FileLoader(_Loader):
    def __init__(self, fullname, path):
        self.name = fullname
        self.path = path

    def __eq__(self, other):
        return self.__class__ == other.__class__ and self.__dict__ == other.__dict__

    def __hash__(self):
        return hash(self.name) ^ hash(self.path)

    def get_filename(self, name=None):
        if name is not None and name != self.name:
            raise ImportError(f"loader for {self.name} cannot handle {name}", name=name)
        return self.path

    def get_data(self, path):
        with open(path, "rb") as file:
            return file.read()

    def is_package(self, fullname):
        last = self.get_filename(fullname).replace("\\", "/").rpartition("/")[2]
        return last.rpartition(".")[0] == "__init__" and fullname.rpartition(".")[2] != "__init__"


class SourceLoader(_Loader):
    def get_source(self, fullname):
        from importlib.util import decode_source

        path = self.get_filename(fullname)
        try:
            data = self.get_data(path)
        except OSError as error:
            raise ImportError("source not available through get_data()", name=fullname) from error
        return decode_source(data)

    def source_to_code(self, data, path, *, _optimize=-1):
        return compile(data, path, "exec", dont_inherit=True, optimize=_optimize)

    def get_code(self, fullname):
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)


class SourceFileLoader(_FileLoader, SourceLoader):
    def path_stats(self, path):
        import os

        found = os.stat(path)
        return {"mtime": found.st_mtime, "size": found.st_size}

    def set_data(self, path, data, *, _mode=0o666):
        with open(path, "wb") as file:
            file.write(data)


class SourcelessFileLoader(_FileLoader):
    def get_source(self, fullname):
        return None

    def get_code(self, fullname):
        raise ImportError("compiled files cannot be read: give the source", name=fullname, path=self.path)


class ExtensionFileLoader(_FileLoader):
    def get_source(self, fullname):
        return None

    def get_code(self, fullname):
        return None

    def exec_module(self, module):
        raise ImportError("modules made in C cannot be loaded: this machine is not CPython's", name=self.name, path=self.path)


class AppleFrameworkLoader(ExtensionFileLoader):
    pass


class NamespaceLoader(_Loader):
    def __init__(self, name, path, path_finder=None):
        self._path = path

    def is_package(self, fullname):
        return True

    def get_source(self, fullname):
        return ""

    def get_code(self, fullname):
        return compile("", "<string>", "exec", dont_inherit=True)


def _spec_of_file(name, path):
    """The spec of the module `name` in the folder `path`, or None."""
    import os
    from importlib.util import spec_from_file_location

    base = os.path.join(path, name.rpartition(".")[2])
    package = os.path.join(base, "__init__.py")
    if os.path.isfile(package):
        return spec_from_file_location(name, package, loader=SourceFileLoader(name, package), submodule_search_locations=[base])
    if os.path.isfile(base + ".py"):
        return spec_from_file_location(name, base + ".py", loader=SourceFileLoader(name, base + ".py"))
    return None


class FileFinder:
    def __init__(self, path, *loader_details):
        self.path = path or "."

    def invalidate_caches(self):
        pass

    def find_spec(self, fullname, target=None):
        return _spec_of_file(fullname, self.path)

    @classmethod
    def path_hook(cls, *loader_details):
        def path_hook_for_FileFinder(path):
            return cls(path, *loader_details)

        return path_hook_for_FileFinder

    def __repr__(self):
        return f"FileFinder({self.path!r})"


class PathFinder:
    @staticmethod
    def invalidate_caches():
        pass

    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        for folder in sys.path if path is None else path:
            spec = _spec_of_file(fullname, folder)
            if spec is not None:
                return spec
        return None


class BuiltinImporter:
    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        return ModuleSpec(fullname, cls, origin="built-in") if fullname in sys.builtin_module_names else None

    @staticmethod
    def create_module(spec):
        return __import__(spec.name)

    @staticmethod
    def exec_module(module):
        pass

    @classmethod
    def is_package(cls, fullname):
        return False


class FrozenImporter:
    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        return None


class WindowsRegistryFinder:
    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        return None
