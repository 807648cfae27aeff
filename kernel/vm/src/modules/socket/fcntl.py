# `fcntl`: descriptors here have no flags, and files no locks that others could see.

from errno import EINVAL as _EINVAL

F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_GETLK, F_SETLK, F_SETLKW = range(8)
F_RDLCK, F_WRLCK, F_UNLCK = range(3)
FD_CLOEXEC = 1
LOCK_SH, LOCK_EX, LOCK_NB, LOCK_UN = 1, 2, 4, 8


def _descriptor(fd):
    fd = fd if isinstance(fd, int) else fd.fileno()
    if fd < 0:
        raise ValueError(f"file descriptor cannot be a negative integer ({fd})")
    return fd


def fcntl(fd, cmd, arg=0, /):
    _descriptor(fd)
    if cmd in (F_GETFD, F_SETFD, F_GETFL, F_SETFL):
        return 0
    raise OSError(_EINVAL, "Invalid argument")


def ioctl(fd, request, arg=0, mutate_flag=True, /):
    _descriptor(fd)
    raise OSError(25, "Inappropriate ioctl for device")


def flock(fd, operation, /):
    _descriptor(fd)


def lockf(fd, cmd, len=0, start=0, whence=0, /):
    _descriptor(fd)
