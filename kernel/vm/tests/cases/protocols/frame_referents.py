import gc
def w(x):
    got = yield x
    y = None
    z = 1
    yield got
def k(g): print([type(x).__name__ for x in gc.get_referents(g)])
c=w(1); next(c); k(c); c.send(None); k(c)
c=w(1); next(c); c.send(2); k(c)
c=w(None); k(c)
def u(x=None, *p):
    a = True
    f = x
    yield
c=u(); next(c); k(c)
c=u([]); next(c); k(c)
