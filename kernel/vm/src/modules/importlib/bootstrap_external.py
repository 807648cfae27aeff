# What the library asks `importlib._bootstrap_external` for.
from importlib.machinery import (
    BYTECODE_SUFFIXES,
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    NamespaceLoader,
    PathFinder,
    SourceFileLoader,
    SourcelessFileLoader,
    SourceLoader,
)
from importlib.util import MAGIC_NUMBER, cache_from_source, decode_source, source_from_cache, spec_from_file_location


def _calc_mode(path):
    import os

    try:
        return os.stat(path).st_mode | 0o200
    except OSError:
        return 0o666


def _write_atomic(path, data, mode=0o666):
    """Writes beside the file, and takes its place when all is written."""
    import os

    beside = f"{path}.{id(path)}"
    try:
        with open(beside, "wb") as file:
            file.write(data)
        os.replace(beside, path)
    except OSError:
        try:
            os.unlink(beside)
        except OSError:
            pass
        raise


def _pyc(flags, words, code):
    import marshal

    return MAGIC_NUMBER + flags.to_bytes(4, "little") + words + marshal.dumps(code)


def _code_to_timestamp_pyc(code, mtime=0, source_size=0):
    return _pyc(0, (int(mtime) & 0xFFFFFFFF).to_bytes(4, "little") + (source_size & 0xFFFFFFFF).to_bytes(4, "little"), code)


def _code_to_hash_pyc(code, source_hash, checked=True):
    return _pyc(0b11 if checked else 0b01, source_hash, code)
