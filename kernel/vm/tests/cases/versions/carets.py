# What a traceback shows of a line: up to 3.10 the line; then what failed in it, of the first line alone; since 3.13 calls have marks, and all lines are there.
import sys
import traceback


def divide(x):
    return 1 / x


def add(a, b):
    return divide(a + b) + 2


def spread():
    return divide(
        0,
    )


def operators():
    return (1 +
            "x")


def subscripts(table):
    return table["x"]["y"][
        0]


def assigned():
    value = divide(0)
    return value


def attribute(thing):
    return thing.nothing.more(3)


def unpacked():
    return add(*[1], **{"b": -1})


def chained():
    try:
        divide(0)
    except ZeroDivisionError as error:
        raise ValueError("no") from error


def raised():
    raise ValueError(
        "over two lines")


WORK = (lambda: divide(0), lambda: add(1, -1), spread, operators, lambda: subscripts({"x": {}}), lambda: subscripts({}), assigned,
        lambda: attribute(None), unpacked, chained, raised, lambda: [n / 0 for n in [1]])

sys.stderr = sys.stdout
for work in WORK:
    try:
        work()
    except Exception as error:
        # From the library, and from the interpreter itself.
        traceback.print_exc()
        sys.__excepthook__(type(error), error, error.__traceback__)
