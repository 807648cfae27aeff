# `_socket`: pairs of connected sockets inside the program. Everything that would need a net is refused.

from errno import EAGAIN as _EAGAIN, EBADF as _EBADF, ENETUNREACH as _ENETUNREACH, ENOTCONN as _ENOTCONN, EPIPE as _EPIPE

AF_UNSPEC, AF_UNIX, AF_INET, AF_INET6 = 0, 1, 2, 10
SOCK_STREAM, SOCK_DGRAM, SOCK_RAW = 1, 2, 3
SOCK_NONBLOCK, SOCK_CLOEXEC = 0o4000, 0o2000000
SOL_SOCKET, SO_DEBUG, SO_REUSEADDR, SO_TYPE, SO_ERROR, SO_BROADCAST, SO_SNDBUF, SO_RCVBUF = 1, 1, 2, 3, 4, 6, 7, 8
SO_KEEPALIVE, SO_LINGER, SO_REUSEPORT, SO_RCVTIMEO, SO_SNDTIMEO = 9, 13, 15, 20, 21
IPPROTO_IP, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_IPV6 = 0, 6, 17, 41
IPV6_V6ONLY, TCP_NODELAY = 26, 1
MSG_OOB, MSG_PEEK, MSG_DONTWAIT, MSG_NOSIGNAL = 1, 2, 0x40, 0x4000
SHUT_RD, SHUT_WR, SHUT_RDWR = 0, 1, 2
SOMAXCONN = 4096
AI_PASSIVE, AI_CANONNAME, AI_NUMERICHOST, AI_NUMERICSERV, AI_ADDRCONFIG = 1, 2, 4, 1024, 32
NI_NUMERICHOST, NI_NUMERICSERV = 1, 2
EAI_AGAIN, EAI_FAIL, EAI_FAMILY, EAI_NONAME, EAI_SERVICE = -3, -4, -6, -2, -8
INADDR_ANY, INADDR_BROADCAST, INADDR_LOOPBACK = 0, 0xFFFFFFFF, 0x7F000001
has_ipv6 = True

error = OSError
timeout = TimeoutError


class herror(OSError):
    __module__ = "socket"


class gaierror(OSError):
    __module__ = "socket"


class _End:
    """One end of a pair: what was sent here, and the other end."""

    __slots__ = "arrived", "peer", "finished", "references"

    def __init__(self):
        self.arrived, self.peer, self.finished, self.references = bytearray(), None, False, 1


# The open ends by their descriptors, which stand far away from those of files.
_ends = {}
_first = 1 << 16
_default_timeout = None


def _enter(end):
    fd = _first
    while fd in _ends:
        fd += 1
    _ends[fd] = end
    return fd


def _leave(fd):
    end = _ends.pop(fd, None)
    if end is None:
        raise OSError(_EBADF, "Bad file descriptor")
    end.references -= 1
    if not end.references and end.peer is not None:
        end.peer.finished, end.peer.peer = True, None


def _readable(fd):
    end = _ends.get(fd)
    return end is not None and bool(end.arrived or end.finished)


def _no_net(*args, **kwargs):
    raise OSError(_ENETUNREACH, "Network is unreachable")


class socket:
    __module__ = "_socket"
    __slots__ = "_family", "_type", "_proto", "_fd", "_timeout"

    def __init__(self, family=-1, type=-1, proto=-1, fileno=None):
        self._family = AF_INET if family == -1 else int(family)
        self._type = SOCK_STREAM if type == -1 else int(type)
        self._proto = 0 if proto == -1 else proto
        self._timeout = _default_timeout
        self._fd = _enter(_End()) if fileno is None else fileno

    def __repr__(self):
        return f"<socket object, fd={self._fd}, family={self._family}, type={self._type}, proto={self._proto}>"

    def __del__(self):
        if getattr(self, "_fd", -1) != -1:
            self.close()

    def _end(self):
        end = _ends.get(self._fd)
        if end is None:
            raise OSError(_EBADF, "Bad file descriptor")
        return end

    family = property(lambda self: self._family)
    type = property(lambda self: self._type)
    proto = property(lambda self: self._proto)

    def fileno(self):
        return self._fd

    def detach(self):
        fd, self._fd = self._fd, -1
        return fd

    def close(self):
        if self._fd != -1:
            fd, self._fd = self._fd, -1
            _leave(fd)

    def setblocking(self, flag, /):
        self._timeout = None if flag else 0.0

    def getblocking(self):
        return self._timeout != 0.0

    def settimeout(self, value, /):
        if value is not None and value < 0:
            raise ValueError("Timeout value out of range")
        self._timeout = None if value is None else float(value)

    def gettimeout(self):
        return self._timeout

    @property
    def timeout(self):
        return self._timeout

    def send(self, data, flags=0, /):
        end = self._end()
        if end.peer is None:
            raise BrokenPipeError(_EPIPE, "Broken pipe") if end.finished else OSError(_ENOTCONN, "Transport endpoint is not connected")
        end.peer.arrived += data
        return len(data)

    def sendall(self, data, flags=0, /):
        self.send(data, flags)

    def recv(self, bufsize, flags=0, /):
        end = self._end()
        if not end.arrived and not end.finished:
            if end.peer is None:
                raise OSError(_ENOTCONN, "Transport endpoint is not connected")
            if self._timeout == 0.0:
                raise BlockingIOError(_EAGAIN, "Resource temporarily unavailable")
            if self._timeout is None:
                raise RuntimeError("deadlock: nobody else could send what this socket waits for")
            raise TimeoutError("timed out")
        data = bytes(end.arrived[:bufsize])
        if not flags & MSG_PEEK:
            del end.arrived[:bufsize]
        return data

    def recv_into(self, buffer, nbytes=0, flags=0):
        data = self.recv(nbytes or len(buffer), flags)
        memoryview(buffer).cast("B")[:len(data)] = data
        return len(data)

    def shutdown(self, how, /):
        end = self._end()
        if end.peer is not None and how != SHUT_RD:
            end.peer.finished = True

    def getsockopt(self, level, option, buflen=0, /):
        return 0

    def setsockopt(self, level, option, value, optlen=0, /):
        self._end()

    def getsockname(self):
        return ""

    def getpeername(self):
        if self._end().peer is None:
            raise OSError(_ENOTCONN, "Transport endpoint is not connected")
        return ""

    bind = listen = connect = connect_ex = _accept = sendto = recvfrom = recvfrom_into = sendmsg = recvmsg = _no_net


SocketType = socket


def socketpair(family=AF_UNIX, type=SOCK_STREAM, proto=0, /):
    a, b = socket(family, type, proto), socket(family, type, proto)
    one, other = _ends[a._fd], _ends[b._fd]
    one.peer, other.peer = other, one
    return a, b


def close(fd, /):
    _leave(fd)


def dup(fd, /):
    end = _ends.get(fd)
    if end is None:
        raise OSError(_EBADF, "Bad file descriptor")
    end.references += 1
    return _enter(end)


def getdefaulttimeout():
    return _default_timeout


def setdefaulttimeout(timeout, /):
    global _default_timeout
    _default_timeout = timeout


def gethostname():
    return "localhost"


def htons(x, /):
    return int.from_bytes(x.to_bytes(2, "big"), "little")


def htonl(x, /):
    return int.from_bytes(x.to_bytes(4, "big"), "little")


ntohs, ntohl = htons, htonl


def inet_aton(ip_addr, /):
    parts = ip_addr.split(".")
    if len(parts) != 4 or not all(part.isdigit() and int(part) < 256 for part in parts):
        raise OSError("illegal IP address string passed to inet_aton")
    return bytes(map(int, parts))


def inet_ntoa(packed_ip, /):
    if len(packed_ip) != 4:
        raise OSError("packed IP wrong length")
    return ".".join(map(str, packed_ip))


def getaddrinfo(*args, **kwargs):
    raise gaierror(EAI_AGAIN, "Temporary failure in name resolution")


gethostbyname = gethostbyname_ex = gethostbyaddr = getnameinfo = getaddrinfo
