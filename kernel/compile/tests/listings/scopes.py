# Cells, classes, comprehensions, type parameters, annotations.
def outer(a, *args, b=1, c: int = 2, **kwargs):
    def inner():
        nonlocal a
        a = b
        return lambda: (a, args)

    class C(Base, metaclass=M):
        """Doc."""

        x: int = 1
        __private = a

        def method(self):
            self.y = super().method()
            return __class__, self.__private, super(C, self).z

        z = [x for x in range(3) if x]

    total = sum(x * y for x in a for y in args)
    d = {k: v for k, v in kwargs.items()}
    s = {x for x in [a]}
    return inner, C, [[i for i in j] for j in a], [lambda: i for i in a]


def generic[T: int, *Ts, **P](x: T) -> T:
    return x


class Generic[T]:
    def m(self) -> T: ...


type Alias[T] = list[T]

x: int = 3
y: "str"
global_ = x
from os import path as p, sep
import a.b.c as d
from . import sibling


@decorator
@other(1)
def decorated(a, /, b, *, c): ...
