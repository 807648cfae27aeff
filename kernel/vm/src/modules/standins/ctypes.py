"""As much of ctypes as reads the count of an object at its address."""

import _machine as _m


class _SimpleCData:
    _size_ = 8
    _low = -(1 << 63)
    _bits = 64

    def __init__(self, value=0):
        self.value = value

    @classmethod
    def from_address(cls, address):
        if not isinstance(address, int):
            raise TypeError("integer expected")
        made = cls.__new__(cls)
        made._address = address
        return made

    def _read(self):
        address = self._address
        word = _m.word_at(address)
        if word is not None:
            return word
        # The second word of an object is its class's address.
        kind = _m.class_at(address - 8)
        if kind is not None:
            return id(kind)
        # Nobody lives there any more.
        return 0

    @property
    def value(self):
        if not hasattr(self, "_address"):
            return self._value
        return (self._read() - self._low) % (1 << self._bits) + self._low

    @value.setter
    def value(self, value):
        if hasattr(self, "_address"):
            raise NotImplementedError("this ctypes reads objects, and writes nothing")
        if not isinstance(value, int):
            raise TypeError("an integer is required (got type %s)" % type(value).__name__)
        self._value = (value - self._low) % (1 << self._bits) + self._low

    def __repr__(self):
        return "%s(%r)" % (type(self).__name__, self.value)


class c_long(_SimpleCData):
    pass


class c_ulong(_SimpleCData):
    _low = 0


class c_int(_SimpleCData):
    _size_ = 4
    _low = -(1 << 31)
    _bits = 32


class c_uint(_SimpleCData):
    _size_ = 4
    _low = 0
    _bits = 32


c_ssize_t = c_longlong = c_int64 = c_long
c_size_t = c_ulonglong = c_uint64 = c_ulong
c_int32, c_uint32 = c_int, c_uint


class py_object:
    """A reference; of an address, to the object that lives there."""

    def __init__(self, value=None):
        self.value = value

    def __repr__(self):
        return "py_object(%r)" % (self.value,)


class _Cast:
    def __init__(self, value):
        self.value = value


def cast(obj, typ):
    if typ is not py_object:
        raise NotImplementedError("this ctypes casts addresses to py_object only")
    found = _m.object_at(obj)
    if not found:
        raise ValueError("no object lives at %#x" % obj)
    return _Cast(found[0])


def sizeof(typ):
    return typ._size_


def __getattr__(name):
    raise AttributeError(
        "this ctypes has only from_address and value of c_long, c_ulong, c_int, c_uint and their other names, and cast to "
        f"py_object; not {name!r}"
    )
