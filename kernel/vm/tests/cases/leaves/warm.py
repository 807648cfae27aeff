# Instructions that have run often enough are specialised; whatever they counted on may change afterwards.
def show(name, ask):
    try:
        print(name, repr(ask()))
    except Exception as error:
        print(name, type(error).__name__, error)


def often(ask):
    for _ in range(20):
        answer = ask()
    return answer


class Plain:
    value = 1

    def method(self):
        return "method"

    @classmethod
    def of_class(cls):
        return cls.__name__

    @staticmethod
    def static():
        return "static"


def value():
    return Plain.value


def call_of(cls):
    return cls.method(0), cls.of_class(), cls.static()


show("class", lambda: often(value))
Plain.value = 2
show("changed", value)
del Plain.value
show("deleted", value)
Plain.value = property(lambda self: 3)
show("a property", lambda: isinstance(value(), property))
show("calls", lambda: often(lambda: call_of(Plain)))


class Other(Plain):
    of_class = static = method = lambda *args: len(args)


show("another class", lambda: call_of(Other))


class Late:
    pass


class Holder:
    late = Late()


def late():
    return type(Holder.late).__name__


show("an instance", lambda: often(late))
Late.__get__ = lambda self, instance, owner: "bound"
show("a descriptor now", late)


class Meta(type):
    @property
    def named(cls):
        return "of the metaclass"


class WithMeta(metaclass=Meta):
    named = "of the class"


class Without:
    named = "without"


def named(cls):
    return cls.named


show("without", lambda: often(lambda: named(Without)))
show("with", lambda: often(lambda: named(WithMeta)))
show("__name__", lambda: often(lambda: Plain.__name__))
show("mro", lambda: often(lambda: Plain.mro()[-1]))


class Slots:
    __slots__ = ("a", "b")


class More(Slots):
    __slots__ = ("c",)


def first(obj):
    return obj.a


def store(obj, value):
    obj.a = value


slots = Slots()
show("empty", lambda: first(slots))
show("stored", lambda: often(lambda: store(slots, 5)))
show("read", lambda: often(lambda: first(slots)))
more = More()
show("subclass, empty", lambda: first(more))
show("subclass, stored", lambda: (store(more, 6), first(more)))
del slots.a
show("deleted", lambda: first(slots))
show("stored again", lambda: (store(slots, 7), first(slots)))
Slots.a = 8
show("no slot any more", lambda: first(slots))
show("read-only", lambda: store(slots, 9))


class Told:
    __slots__ = ("a",)

    def __del__(self):
        print("told of the end")


def replace_all(obj):
    for _ in range(20):
        obj.a = None
    obj.a = Told()
    obj.a = "another"
    return obj.a


show("replaced", lambda: replace_all(more.__class__.__new__(More)))


class New:
    def __new__(cls, *args):
        return object.__new__(cls)


show("new", lambda: often(lambda: type(New(1)).__name__))
New.__new__ = lambda cls, *args: ("lambda", cls.__name__, args)
show("another new", lambda: New(1, 2))
New.__new__ = classmethod(lambda cls, *args: ("classmethod", args[0].__name__))
show("a classmethod", lambda: New(1))


def defaults(a, b=1, c=2):
    return a, b, c


show("defaults", lambda: often(lambda: (defaults(0), defaults(0, 5), defaults(0, 5, 6))))
defaults.__defaults__ = (7,)
show("one default", lambda: defaults(0, 5))
show("missing", lambda: defaults(0))

import weakref

target = set("a")
show("canonical", lambda: weakref.ref(target) is weakref.ref(target) is weakref.ref(target, None))
show("callbacks", lambda: weakref.ref(target, print) is weakref.ref(target, print))
show("nothing", lambda: weakref.ref())
show("too much", lambda: weakref.ref(target, None, None))
show("not weak", lambda: weakref.ref(5))
show("keywords", lambda: weakref.ref(target, callback=None))

long = "Ab," * 100 + "é"
show("upper", lambda: (len(long.upper()), long.upper()[-3:], hash(long.upper()) == hash("AB," * 100 + "É")))
show("replace", lambda: (long.replace("b,", "xyz")[-8:], "aé".replace("a", "") is "bé".replace("b", "")))
show("split", lambda: (long.split(",", 2)[:2], len(long.split(",")), "a".split(","), "".split(","), long.split("é")[1:]))
