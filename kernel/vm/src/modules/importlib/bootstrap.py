# What the library asks `importlib._bootstrap` for.
from importlib.machinery import BuiltinImporter, FrozenImporter, ModuleSpec
from importlib.util import _load, module_from_spec, spec_from_loader
