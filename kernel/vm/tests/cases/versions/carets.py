# What a traceback shows of a line: up to 3.10 the line; then what failed in it, of the first line alone; since 3.13 calls have marks, and all lines are there.
import os
import sys
import traceback

SOURCE = '''
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
'''

# Lines come from a file, for the interpreter itself reads nothing else.
with open("lines.py", "w") as file:
    file.write(SOURCE)
exec(compile(SOURCE, "lines.py", "exec"))

sys.stderr = sys.stdout
for work in WORK:
    try:
        work()
    except Exception as error:
        # Without this file's own frame; from the library, and from the interpreter itself.
        error.__traceback__ = error.__traceback__.tb_next
        traceback.print_exception(type(error), error, error.__traceback__)
        sys.__excepthook__(type(error), error, error.__traceback__)
os.remove("lines.py")
