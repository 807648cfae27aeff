# Weak references that finalizers make of garbage: since 3.13 they are cleared before it goes, and nothing is called.
import gc, weakref

made = []

class Node:
    def __init__(self, name):
        self.name = name
    def __del__(self):
        print('finalizer of', self.name, [ref() is None for ref in early])
        made.append(weakref.ref(self, lambda ref: print('made by a finalizer, called:', ref() is None)))
        made.append(weakref.ref(self))
        gc.collect()

def early_callback(ref):
    print('callback', [ref() is None for ref in early])

gc.collect()
gc.disable()
a, b = Node('a'), Node('b')
a.other, b.other = b, a
early = [weakref.ref(a), weakref.ref(b, early_callback)]
a.inner = weakref.ref(b, print)
del a, b
gc.collect()
print([ref() is None for ref in made], [ref.__callback__ is None for ref in made])

# At the last decref they are called in every version.
Node('c')
print([ref() is None for ref in made])
