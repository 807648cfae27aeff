# What the first use of something makes and keeps: the change of the young count at the first, the second and the third time.
import abc, atexit, gc, weakref

gc.disable()
gc.set_threshold(0)

def moves(run):
    gc.collect()
    counts = [gc.get_count()[0]]
    for _ in range(3):
        run()
        counts.append(gc.get_count()[0])
    print(run.__name__, *(b - a for a, b in zip(counts, counts[1:])))

class Shape(abc.ABC): pass
class Round(Shape): pass
class Square: pass
class Line: pass
class Short(Line): pass
class Circle(Round): pass
Shape.register(Square)
Round.register(Line)

def repr_of_an_empty_dict(): repr({})
def repr_of_an_empty_set(): repr(set())
def greatest_by_key(): max([], (1,), key=len)
def least_by_key(): min([], (1,), key=len)
def greatest_of_nothing(): max((), default=0)
def instance_of_abstract_class(): isinstance(Round(), Shape)
def instance_of_registered_class(): isinstance(Square(), Shape)
def instance_below_a_registered_class(): isinstance(Short(), Shape)
def instance_of_another_class(): isinstance(3, Shape)
def instance_of_another_class_once_more(): isinstance('', Shape)
def subclass_of_subclass(): issubclass(Circle, Shape)
def nothing_unpacked(): (lambda *p: p)(*(x for x in ()))
def mourner(): weakref.finalize(Line, print)
def called_at_exit(): atexit.register(len, [])

for run in [repr_of_an_empty_dict, repr_of_an_empty_set, greatest_by_key, least_by_key, greatest_of_nothing, instance_of_abstract_class,
            instance_of_registered_class, instance_below_a_registered_class, instance_of_another_class, instance_of_another_class_once_more,
            subclass_of_subclass, nothing_unpacked, mourner, called_at_exit]:
    moves(run)

gc.collect()
before = gc.get_count()[0]
try:
    del zz
except NameError as error:
    print(error)
print('deleted_name', gc.get_count()[0] - before)
atexit._clear()
print(isinstance(Short(), Shape), issubclass(Line, Shape), isinstance(3, Shape), issubclass(Circle, Shape))
