# The two ways that an `async for` can take are branches, as those of a `for` are.
import sys

mon = sys.monitoring
TOOL = 3


async def items():
    yield 1
    yield 2


async def loop():
    async for item in items():
        item
    return "end"


told = []
mon.use_tool_id(TOOL, "tool")
for name in ("BRANCH_LEFT", "BRANCH_RIGHT"):
    mon.register_callback(TOOL, getattr(mon.events, name), lambda code, *places, name=name: told.append((name, places)))
mon.set_local_events(TOOL, loop.__code__, mon.events.BRANCH_LEFT | mon.events.BRANCH_RIGHT)
try:
    loop().send(None)
except StopIteration as stop:
    print(stop.value)
mon.free_tool_id(TOOL)
sides = list(loop.__code__.co_branches())
for name, (source, target) in told:
    print(name, [side.index(target) for side in sides if side[0] == source])
print(len(sides))
