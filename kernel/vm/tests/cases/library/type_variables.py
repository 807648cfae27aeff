# Type variables, aliases and unions: what they have, refuse, and become in brackets.
import copy, dataclasses, pickle, sys, types, weakref
from typing import *
def t(*all):
    for f in all:
        try: print(f())
        except Exception as e: print(type(e).__name__, e)
T = TypeVar('T'); S = TypeVar('S'); D = TypeVar('D', default=int); P = ParamSpec('P'); Ts = TypeVarTuple('Ts')
type A[X] = int
@dataclasses.dataclass
class C(Generic[T]):
    x: T
class Proto(Protocol):
    def m(self): ...
class Kept(Proto): pass
print(C(3), C[int](3), type(Kept()).__name__, pickle.loads(pickle.dumps(C(4), 1)))
for o in (T, P, Ts, P.args, A):
    print(o.__module__ if hasattr(o, '__module__') else None, sys.getsizeof(o), copy.copy(o) is o, type(o).__weakrefoffset__)
print(pickle.loads(pickle.dumps((T, P, Ts, A, NoDefault))), weakref.ref(P)() is P, P.args == P.args, P.args != P.kwargs, T.__reduce__())
t(lambda: TypeVar(), lambda: TypeVar(name='q'), lambda: TypeVar(1), lambda: TypeVar('x', int), lambda: TypeVar('x', int, str, bound=int), lambda: TypeVar('x', foo=int), lambda: TypeVar('x', covariant=1, infer_variance=1), lambda: TypeVar('x', bound='a').__bound__, lambda: ParamSpec('x', bound='a').__bound__, lambda: ParamSpec('x', 3), lambda: TypeVarTuple('x', bound=3), lambda: TypeAliasType('x'), lambda: TypeAliasType('x', 2, type_params=3), lambda: TypeAliasType('x', 2, type_params=(3,)), lambda: TypeAliasType('x', 2, type_params=(D, T)), lambda: TypeAliasType('x', 2)[int], lambda: TypeAliasType('x', 2, type_params=(T, P, Ts)).__parameters__, lambda: list(A), lambda: type(NoDefault)() is NoDefault, lambda: type(NoDefault)(1), lambda: hash(P.args), lambda: ParamSpecArgs(3), lambda: P.args.__mro_entries__(3))
E_ = TypeVar('E_', int, 's', list[int])
t(lambda: E_.evaluate_constraints, lambda: E_.evaluate_constraints(4), lambda: E_.evaluate_constraints(1), lambda: E_.evaluate_constraints(), lambda: E_.evaluate_constraints(a=1), lambda: E_.evaluate_bound, lambda: D.evaluate_default(4), lambda: T.evaluate_default, lambda: A.evaluate_value(1), lambda: type(D.evaluate_default)())
t(lambda: T | 'x', lambda: 'x' | T, lambda: T | 3, lambda: int | 'x', lambda: 3 | A, lambda: (int | str) | 'x', lambda: (int | str) | ..., lambda: Ts | int, lambda: list[int] | T, lambda: Union[()], lambda: Union[int], lambda: Union[int | str, None, 'a', 'a'], lambda: types.UnionType(), lambda: (int | T)[3], lambda: (int | T)['s'], lambda: (int | T)[()], lambda: (int | T)[int, str], lambda: (int | str)[int], lambda: (int | list[T])[str], lambda: (int | list[T]).__parameters__, lambda: hash(int | Annotated[int, []]), lambda: isinstance(3, list[int] | int), lambda: (int | str).__mro_entries__(1), lambda: copy.copy(int | str), lambda: pickle.loads(pickle.dumps(int | str)), lambda: (int | str).__module__, lambda: hash(int | str) == hash(str | int), lambda: (int | str).foo)
t(lambda: list[[int, T]], lambda: list[[int, T]].__parameters__, lambda: dict[T, [int, T]][str], lambda: dict[T, (int, T)][str], lambda: tuple[*Ts], lambda: tuple[*Ts][int, str], lambda: tuple[*Ts, T][int, str], lambda: tuple[T, *Ts][()], lambda: list[T][int, str], lambda: list[T][()], lambda: dict[T, P][int], lambda: list[int][int], lambda: list[T][*tuple[int]], lambda: List[T][int], lambda: Dict[T, S][S, T], lambda: Callable[P, T][[int, str], bytes], lambda: Callable[Concatenate[int, P], T][P, int], lambda: types.GenericAlias(dict, (T, S, D))[int], lambda: types.GenericAlias(dict, (T, S, D))[int, str], lambda: list[None], lambda: next(iter(list[int])) == list[int], lambda: copy.copy(next(iter(list[int]))), lambda: list[int].__bases__, lambda: list[int].__getitem__, lambda: list[T].__parameters__)
