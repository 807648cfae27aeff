# What stands on the functions of `posix`: the classes of their results, and functions that need no more than those.

_have_functions = [
    "HAVE_FACCESSAT", "HAVE_FCHDIR", "HAVE_FCHMOD", "HAVE_FSTATAT", "HAVE_FUTIMENS", "HAVE_LSTAT", "HAVE_UTIMENSAT",
]


def _fields(names, start=0):
    return [property(lambda self, i=i: self[i]) for i in range(start, start + names)]


class stat_result(tuple):
    n_fields, n_sequence_fields, n_unnamed_fields = 19, 10, 3
    __match_args__ = ("st_mode", "st_ino", "st_dev", "st_nlink", "st_uid", "st_gid", "st_size")
    __module__ = "os"

    def __new__(cls, sequence, dict={}):
        items = tuple(sequence)
        if not 10 <= len(items) <= 19:
            least = "at least 10" if len(items) < 10 else "at most 19"
            raise TypeError(f"os.stat_result() takes an {least}-sequence ({len(items)}-sequence given)")
        self = tuple.__new__(cls, items[:10])
        names = ("st_atime", "st_mtime", "st_ctime", "st_atime_ns", "st_mtime_ns", "st_ctime_ns", "st_blksize", "st_blocks", "st_rdev")
        more = items[10:] + items[7 + len(items) - 10:10] if len(items) < 13 else items[10:]
        for name, value in zip(names, more + (None,) * 9):
            self.__dict__[name] = dict.get(name, value)
        return self

    st_mode, st_ino, st_dev, st_nlink, st_uid, st_gid, st_size = _fields(7)

    def __repr__(self):
        names = self.__match_args__ + ("st_atime", "st_mtime", "st_ctime")
        return f"os.stat_result({', '.join(f'{name}={value!r}' for name, value in zip(names, self))})"

    def __reduce__(self):
        return stat_result, (tuple(self), dict(self.__dict__))


class terminal_size(tuple):
    n_fields = n_sequence_fields = 2
    n_unnamed_fields = 0
    __match_args__ = ("columns", "lines")
    __module__ = "os"
    columns, lines = _fields(2)

    def __repr__(self):
        return f"os.terminal_size(columns={self[0]!r}, lines={self[1]!r})"


class times_result(tuple):
    __match_args__ = ("user", "system", "children_user", "children_system", "elapsed")
    user, system, children_user, children_system, elapsed = _fields(5)

    def __repr__(self):
        return f"posix.times_result({', '.join(f'{name}={value!r}' for name, value in zip(self.__match_args__, self))})"


class uname_result(tuple):
    __match_args__ = ("sysname", "nodename", "release", "version", "machine")
    sysname, nodename, release, version, machine = _fields(5)

    def __repr__(self):
        return f"posix.uname_result({', '.join(f'{name}={value!r}' for name, value in zip(self.__match_args__, self))})"


def stat(path, *, dir_fd=None, follow_symlinks=True):
    return stat_result(_stat(path, follow_symlinks))


def lstat(path, *, dir_fd=None):
    return stat_result(_stat(path, False))


def fstat(fd):
    return stat_result(_stat(fd, True))


def _kind(path):
    try:
        return _stat(path, True)[0] & 0o170000
    except (OSError, ValueError):
        return None


def _path_exists(path):
    return _kind(path) is not None


def _path_isfile(path):
    return _kind(path) == 0o100000


def _path_isdir(path):
    return _kind(path) == 0o040000


def _path_islink(path):
    try:
        return _stat(path, False)[0] & 0o170000 == 0o120000
    except (OSError, ValueError):
        return False


_path_lexists = _path_exists


def access(path, mode, *, dir_fd=None, effective_ids=False, follow_symlinks=True):
    try:
        permissions = _stat(path, follow_symlinks)[0]
    except OSError:
        return False
    return not (mode & 1 and not permissions & 0o111) and not (mode & 2 and not permissions & 0o222)


def utime(path, times=None, *, ns=None, dir_fd=None, follow_symlinks=True):
    if times is not None and ns is not None:
        raise ValueError("utime: you may specify either 'times' or 'ns' but not both")
    if times is not None:
        ns = tuple(int(time * 10**9) for time in times)
    elif ns is None:
        now = _now()
        ns = now, now
    _utime(path, *ns)


def truncate(path, length):
    if isinstance(path, int):
        return ftruncate(path, length)
    fd = open(path, O_WRONLY)
    try:
        ftruncate(fd, length)
    finally:
        close(fd)


class DirEntry:
    __module__ = "posix"
    __slots__ = "name", "path", "__dict__"

    def __init__(self, folder, name):
        self.name = name
        separator = b"/" if isinstance(name, bytes) else "/"
        self.path = name if folder is None else folder + name if folder.endswith(separator) else folder + separator + name

    def __fspath__(self):
        return self.path

    def __repr__(self):
        return f"<DirEntry {self.name!r}>"

    def stat(self, *, follow_symlinks=True):
        return stat(self.path, follow_symlinks=follow_symlinks)

    def inode(self):
        return lstat(self.path).st_ino

    def _is(self, kind, follow):
        try:
            return _stat(self.path, follow)[0] & 0o170000 == kind
        except FileNotFoundError:
            return False

    def is_dir(self, *, follow_symlinks=True):
        return self._is(0o040000, follow_symlinks)

    def is_file(self, *, follow_symlinks=True):
        return self._is(0o100000, follow_symlinks)

    def is_symlink(self):
        return self._is(0o120000, False)

    def is_junction(self):
        return False


class ScandirIterator:
    __module__ = "posix"

    def __init__(self, folder, names):
        self._entries = (DirEntry(folder, name) for name in names)

    def __iter__(self):
        return self

    def __next__(self):
        return next(self._entries)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()

    def close(self):
        self._entries.close()


def scandir(path=None):
    folder = "." if path is None else fspath(path)
    return ScandirIterator(folder, listdir(folder))


def getlogin():
    raise OSError(6, strerror(6))


def get_terminal_size(fd=1):
    raise OSError(25, strerror(25))


def times():
    return times_result((_cpu_seconds(), 0.0, 0.0, 0.0, _now() / 10**9))


def uname():
    return uname_result(("Linux", "heapbook", "6.0", "#1", "x86_64"))


def sched_getaffinity(pid):
    return {0}


def get_inheritable(fd):
    return False


def set_inheritable(fd, inheritable):
    _stat(fd, True)


def putenv(name, value, /):
    pass


def unsetenv(name, /):
    pass


def system(command):
    raise OSError(38, "this machine starts no other processes", command)


def fork():
    raise OSError(38, "this machine starts no other processes")


def register_at_fork(*, before=None, after_in_child=None, after_in_parent=None):
    pass  # Nothing forks here.


def kill(pid, signal, /):
    if pid != getpid():
        raise PermissionError(1, strerror(1))
    from _signal import raise_signal
    raise_signal(signal)


def WIFEXITED(status):
    return status & 0x7F == 0


def WEXITSTATUS(status):
    return status >> 8 & 0xFF


def WIFSIGNALED(status):
    return 0 < status & 0x7F < 0x7F


def WTERMSIG(status):
    return status & 0x7F


def waitstatus_to_exitcode(status):
    return WEXITSTATUS(status) if WIFEXITED(status) else -WTERMSIG(status)



def waitpid(pid, options, /):
    raise ChildProcessError(10, "No child processes")


def WIFSTOPPED(status):
    return status & 0xFF == 0x7F


def WSTOPSIG(status):
    return status >> 8 & 0xFF


sysconf_names = {
    "SC_ARG_MAX": 0, "SC_CHILD_MAX": 1, "SC_CLK_TCK": 2, "SC_NGROUPS_MAX": 3, "SC_OPEN_MAX": 4, "SC_VERSION": 29, "SC_PAGESIZE": 30,
    "SC_PAGE_SIZE": 30, "SC_IOV_MAX": 60, "SC_NPROCESSORS_CONF": 83, "SC_NPROCESSORS_ONLN": 84, "SC_PHYS_PAGES": 85,
    "SC_AVPHYS_PAGES": 86,
}
_sysconf = {0: 2097152, 1: 127236, 2: 100, 3: 65536, 4: 1024, 29: 200809, 30: 4096, 60: 1024, 83: 1, 84: 1, 85: 1 << 21, 86: 1 << 20}


def sysconf(name, /):
    if isinstance(name, str):
        if name not in sysconf_names:
            raise ValueError("unrecognized configuration name")
        name = sysconf_names[name]
    if name not in _sysconf:
        raise OSError(22, strerror(22))
    return _sysconf[name]
