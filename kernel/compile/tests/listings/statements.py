# Calls, subscripts, comparisons, patterns, deletions, augmented assignments.
f(1, *a, k=2, **b)
f(a, b, key=c)
a.b.c(d)[1:2] = e[1:2:3], e[f]
a < b < c != d
a, *b, c = d
[x, y] = z
a.b += 1
c[d] -= 2
del a.b, c[d], e
print(x if y else z, end="")


def swap(a, b, c):
    a, b, c = c, b, a
    (a, b), c = c, (b, a)
    return a @ b, a**-b, ~a, +a, not (a or b and c)


def match(subject):
    match subject:
        case 0 | -1.5:
            return "number"
        case [a, *rest, b] if a:
            return rest
        case {"key": value, **others}:
            return value
        case Point(x=0, y=1) as point:
            return point
        case (1, 2) | [3]:
            pass
        case str() | None | True:
            pass
        case _:
            return


def conditions(a, b, c):
    while a:
        if b is None:
            continue
        elif b and (c or a):
            break
    else:
        return any(x for x in a), all(y for y in b), tuple(z for z in c)
    assert a if b else c
    return a if not (b and c) else c
