"""What no other Python can tell of its heap."""

from _machine import find_lost as _find_lost, held_bytes, refcount_at, show

__all__ = ["Found", "collect", "held_bytes", "refcount_at", "show"]


class Found:
    """What a collector found, and how much it looked at: objects visited, references followed."""

    __slots__ = "strategy", "found", "visited", "followed"

    def __init__(self, strategy, found, visited, followed):
        self.strategy = strategy
        self.found = found
        self.visited = visited
        self.followed = followed

    def __repr__(self):
        return f"{self.strategy}: found {self.found}, visited {self.visited}, followed {self.followed}"


def collect(strategy="subtraction", *, suspects=None, free=True):
    """Lets a collector of another kind look for lost objects, and frees what it finds.

    The strategy is "counting", "trial deletion", "mark and sweep" or "subtraction", CPython's own. Trial deletion begins with
    suspects, by their ids; without any, it suspects everything. With free=False it only looks.
    """
    if suspects is not None:
        suspects = tuple(suspects)
    return Found(strategy, *_find_lost(strategy, suspects, free))
