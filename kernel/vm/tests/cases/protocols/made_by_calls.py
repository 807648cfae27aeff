# What a class body and `except*` make for the time of a call: how far the young count moves the first time, when no free list has
# anything, and later.
import gc

count = gc.get_count
gc.disable()

def class_body():
    seen = {}
    def body():
        seen['x'] = count()[0]
    before = count()[0]
    __build_class__(body, 'body')
    return seen['x'] - before

def class_with_a_base():
    before = count()[0]
    class Made(Exception):
        now = count()[0]
    return Made.now - before

def naked_exception():
    before = count()[0]
    try:
        raise ValueError(1)
    except* ValueError:
        pass
    return count()[0] - before

def split_group():
    before = count()[0]
    try:
        raise ExceptionGroup('some', [ValueError(1), TypeError(2)])
    except* ValueError:
        pass
    except* TypeError:
        pass
    return count()[0] - before

for run in class_body, class_with_a_base, naked_exception, split_group:
    run()
    run()
    gc.collect()
    print(run.__name__, run(), run())

#  is not asked for a rest that nobody wants.
# A class body runs as the very function that was made of it.
import sys
made = []
def body():
    made.append(sys._getframe().f_generator is None)
    made.append(sys.getrefcount(body))
__build_class__(body, 'body')
print(made)

# When every part was handled, no rest is derived.
class Own(ExceptionGroup):
    def derive(self, members):
        print('derive', len(members))
        return Own(self.message, members)
try:
    raise Own('own', [ValueError(1), TypeError(2)])
except* ValueError:
    print('one')
except* TypeError:
    print('two')
