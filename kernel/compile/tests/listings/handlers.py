# Exception tables: nested handlers, finally, with, groups, loops left from inside.
def f(a, b):
    try:
        x = a and b
        if x:
            return 1
    except ValueError as e:
        raise KeyError from e
    except (TypeError, OSError):
        pass
    else:
        b()
    finally:
        a()


def g(items):
    for item in items:
        with item as x, x.y:
            if x:
                continue
            break
    else:
        return
    while items:
        try:
            items.pop()
        finally:
            break


def h():
    try:
        pass
    except* ValueError as e:
        a
    except* TypeError:
        b


async def i(a):
    async with a as b:
        await b
    async for c in a:
        yield c
    return_ = [d async for d in a if d]
    try:
        await a
    except E:
        pass


def j():
    x = yield
    y = yield from x
    with x:
        yield y
    try:
        yield
    finally:
        yield 2
