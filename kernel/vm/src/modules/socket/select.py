# `select`: waiting for sockets. What is not ready cannot become so while the one thread waits, so waiting is sleeping.

from time import sleep as _sleep

from _socket import _readable

error = OSError
EPOLLIN, EPOLLPRI, EPOLLOUT, EPOLLERR, EPOLLHUP, EPOLLRDHUP, EPOLLONESHOT, EPOLLET = 1, 2, 4, 8, 16, 0x2000, 1 << 30, 1 << 31
EPOLL_CLOEXEC = 0o2000000
POLLIN, POLLPRI, POLLOUT, POLLERR, POLLHUP, POLLNVAL = 1, 2, 4, 8, 16, 32
PIPE_BUF = 4096


def _wait(seconds):
    if seconds is None:
        raise RuntimeError("deadlock: nothing can happen any more that this program waits for")
    if seconds > 0:
        _sleep(seconds)


def _descriptor(fd):
    fd = fd if isinstance(fd, int) else fd.fileno()
    if fd < 0:
        raise ValueError(f"file descriptor cannot be a negative integer ({fd})")
    return fd


def select(rlist, wlist, xlist, timeout=None, /):
    rlist, wlist = list(rlist), list(wlist)
    for attempt in range(2):
        readable = [fd for fd in rlist if _readable(_descriptor(fd))]
        if readable or wlist or attempt:
            return readable, wlist, []
        _wait(timeout)


class poll:
    __module__ = "select"

    def __init__(self):
        self._masks = {}

    def register(self, fd, eventmask=POLLIN | POLLPRI | POLLOUT, /):
        self._masks[_descriptor(fd)] = eventmask

    def modify(self, fd, eventmask, /):
        if _descriptor(fd) not in self._masks:
            raise FileNotFoundError(2, "No such file or directory")
        self._masks[_descriptor(fd)] = eventmask

    def unregister(self, fd, /):
        del self._masks[_descriptor(fd)]

    def _ready(self):
        found = []
        for fd, mask in self._masks.items():
            events = mask & POLLOUT | (mask & POLLIN if _readable(fd) else 0)
            if events:
                found.append((fd, events))
        return found

    def poll(self, timeout=None, /):
        """Milliseconds, as in C."""
        found = self._ready()
        if not found:
            _wait(None if timeout is None or timeout < 0 else timeout / 1000)
            found = self._ready()
        return found


class epoll(poll):
    __module__ = "select"

    def __init__(self, sizehint=-1, flags=0):
        super().__init__()
        self._closed = False

    def _check(self):
        if self._closed:
            raise ValueError("I/O operation on closed epoll object")

    def close(self):
        self._closed = True

    @property
    def closed(self):
        return self._closed

    def fileno(self):
        self._check()
        return 1 << 15

    def register(self, fd, eventmask=EPOLLIN | EPOLLPRI | EPOLLOUT):
        self._check()
        if _descriptor(fd) in self._masks:
            raise FileExistsError(17, "File exists")
        super().register(fd, eventmask)

    def unregister(self, fd):
        self._check()
        if self._masks.pop(_descriptor(fd), None) is None:
            raise FileNotFoundError(2, "No such file or directory")

    def poll(self, timeout=None, maxevents=-1):
        """Seconds."""
        self._check()
        found = self._ready()
        if not found:
            _wait(None if timeout is None or timeout < 0 else timeout)
            found = self._ready()
        return found if maxevents < 1 else found[:maxevents]

    def __enter__(self):
        self._check()
        return self

    def __exit__(self, *exc):
        self.close()
