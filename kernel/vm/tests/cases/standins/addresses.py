# The count of an object, read at its address.
import ctypes, gc
x = []
y = x
print(ctypes.c_long.from_address(id(x)).value)
print(ctypes.c_size_t.from_address(id(x)).value, ctypes.c_ssize_t.from_address(id(x)).value, ctypes.c_uint32.from_address(id(x)).value)
print(ctypes.c_long.from_address(id(x) + 8).value == id(list))
print(ctypes.c_uint32.from_address(id(None)).value)
print(ctypes.c_long.from_address(id(None)).value)
print(ctypes.c_long.from_address(id(5)).value)
print(ctypes.c_long(5), ctypes.c_long(5).value, ctypes.c_int(2**31).value, ctypes.c_uint(-1).value)
print(ctypes.cast(id(x), ctypes.py_object).value is x)
gc.disable()
a = []; a.append(a)
where = id(a)
del a
ref = ctypes.c_long.from_address(where)
print(ref.value)
gc.collect()
