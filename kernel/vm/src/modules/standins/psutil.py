"""The memory and the time of this process and its machine."""

import os as _os
import time as _time
from collections import namedtuple as _namedtuple

import _machine as _m

__version__ = "7.2.2"

svmem = _namedtuple("svmem", "total available percent used free")
sswap = _namedtuple("sswap", "total used free percent sin sout")
pmem = _namedtuple("pmem", "rss vms")
pfullmem = _namedtuple("pfullmem", "rss vms uss")
pcputimes = _namedtuple("pcputimes", "user system children_user children_system")


class Error(Exception):
    pass


class NoSuchProcess(Error):
    def __init__(self, pid, name=None, msg=None):
        self.pid, self.name, self.msg = pid, name, msg or "process no longer exists"
        super().__init__(pid, name, msg)

    def __str__(self):
        return f"{self.msg} (pid={self.pid})"


class AccessDenied(Error):
    pass


def virtual_memory():
    _, _, total, available, free = _m.memory()
    percent = round((total - available) / total * 100, 1) if total else 0.0
    return svmem(total, available, percent, total - available, free)


def swap_memory():
    return sswap(0, 0, 0, 0.0, 0, 0)


def cpu_count(logical=True):
    return _os.cpu_count()


def _share(last, interval):
    if interval is not None and interval > 0:
        last = _time.monotonic(), _time.process_time()
        _time.sleep(interval)
    now = _time.monotonic(), _time.process_time()
    if last is None or now[0] <= last[0]:
        return now, 0.0
    return now, round((now[1] - last[1]) / (now[0] - last[0]) * 100, 1)


_last_share = None


def cpu_percent(interval=None, percpu=False):
    global _last_share
    _last_share, share = _share(_last_share, interval)
    share = round(share / (cpu_count() or 1), 1)
    return [share] if percpu else share


def pid_exists(pid):
    return pid == _os.getpid()


def pids():
    return [_os.getpid()]


class Process:
    """This process; others are not to be seen."""

    def __init__(self, pid=None):
        if pid is not None and pid != _os.getpid():
            raise NoSuchProcess(pid, msg="only this process is to be seen")
        self._last = None

    @property
    def pid(self):
        return _os.getpid()

    def __repr__(self):
        return f"psutil.Process(pid={self.pid}, name={self.name()!r}, status='running')"

    def __eq__(self, other):
        return isinstance(other, Process) and self.pid == other.pid

    def __hash__(self):
        return hash(self.pid)

    def __enter__(self):
        return self

    def __exit__(self, *args):
        pass

    # Figures are fresh each time, so nothing is gained by asking together.
    def oneshot(self):
        return self

    def name(self):
        return "python"

    def is_running(self):
        return True

    def status(self):
        return "running"

    def children(self, recursive=False):
        return []

    def num_threads(self):
        return 1

    def memory_info(self):
        return pmem(*_m.memory()[:2])

    def memory_full_info(self):
        rss, vms = _m.memory()[:2]
        return pfullmem(rss, vms, rss)

    def memory_percent(self, memtype="rss"):
        total = _m.memory()[2]
        return getattr(self.memory_full_info(), memtype) / total * 100 if total else 0.0

    def cpu_times(self):
        return pcputimes(_time.process_time(), 0.0, 0.0, 0.0)

    def cpu_percent(self, interval=None):
        self._last, share = _share(self._last, interval)
        return share
