# array: room, slices, error texts of every type, views, pickles.
import warnings; warnings.simplefilter("ignore")
import sys, array, copy, pickle
from array import array as A
def t(f):
    try: print(repr(f()))
    except BaseException as e: print(type(e).__name__, e)
print(array.typecodes)
for c in array.typecodes:
    a=A(c); print(c, a.itemsize, sys.getsizeof(a), a)
a=A('i'); r=[]
for i in range(100):
    a.append(i); r.append(sys.getsizeof(a))
print(r)
r=[]
for i in range(100):
    a.pop(); r.append(sys.getsizeof(a))
print(r)
a=A('d',[1,2,3]); print(sys.getsizeof(a), a.__sizeof__()); 
t(lambda: sys.getsizeof(A('i', range(10)))); t(lambda: sys.getsizeof(A('i', bytes(40)))); t(lambda: sys.getsizeof(A('i', list(range(10)))));t(lambda: sys.getsizeof(A('i', tuple(range(10)))))
t(lambda: sys.getsizeof(A('i', A('i', [1,2,3])))); t(lambda: sys.getsizeof(A('i', A('h', [1,2,3]))))
t(lambda: A('i', [1,2])+A('i',[3])); t(lambda: A('i', [1,2])+A('h',[3])); t(lambda: A('i', [1,2])+[3]); t(lambda: A('i',[1])*3); t(lambda: 2*A('i',[1])); t(lambda: A('i',[1])*'a')
t(lambda: A('i',[1,2,3])[1:]); t(lambda: A('i',[1,2,3])[5]); t(lambda: A('i',[1,2,3])['a']); t(lambda: A('i',[1,2,3])[::-1])
def se(k,v,c='i'):
    a=A(c,[1,2,3,4,5])
    a[k]=v; return a
t(lambda: se(0,9)); t(lambda: se(9,9)); t(lambda: se(0,'a')); t(lambda: se(0,1.5)); t(lambda: se(slice(1,3), A('i',[7,8,9]))); t(lambda: se(slice(1,3), [7])); t(lambda: se(slice(0,5,2), A('i',[7,8]))); t(lambda: se(slice(1,3), A('h',[7,8,9]))); t(lambda: se('x', 1)); t(lambda: se(0, 1<<40)); t(lambda: se(0,-1,'I')); t(lambda: se(0,300,'B')); t(lambda: se(0,-1,'B')); t(lambda: se(0,128,'b')); t(lambda: se(0,1<<20,'h'));t(lambda: se(0,1<<20,'H'));t(lambda: se(0,-1,'H'));t(lambda: se(0,1<<70,'q'));t(lambda: se(0,1<<70,'Q'));t(lambda: se(0,-1,'Q'));t(lambda: se(0,1<<70,'l'));t(lambda: se(0,1<<70,'L'));t(lambda: se(0,-1,'L'));t(lambda: se(0,1<<33,'I')); t(lambda: se(0,'a','d')); t(lambda: se(0,1e300,'f')); t(lambda: se(0,'a','I')); t(lambda: se(0,'a','Q')); t(lambda: se(0,'a','L')); t(lambda: se(0,'a','q')); t(lambda: se(0,'a','H')); t(lambda: se(0,-129,'b')); t(lambda: se(0,-40000,'h')); t(lambda: se(0,-1<<40,'i')); t(lambda: se(0,1.5,'b'));t(lambda: se(0,1.5,'Q'))
def de(k):
    a=A('i',[1,2,3,4,5]); del a[k]; return a
t(lambda: de(0)); t(lambda: de(slice(1,3))); t(lambda: de(slice(0,5,2))); t(lambda: de(10))
t(lambda: A()); t(lambda: A('z')); t(lambda: A('ii')); t(lambda: A(1)); t(lambda: A('i', 5)); t(lambda: A('i', 'abc')); t(lambda: A('u','abc')); t(lambda: A('w','abc')); t(lambda: A('u','abc').tounicode()); t(lambda: A('i',[1]).tounicode()); t(lambda: A('b', b'abc')); t(lambda: A('i', b'abc')); t(lambda: A('i', [1,2,3], 3)); t(lambda: A('i', x=3)); t(lambda: A('w', A('i')));t(lambda: A('i', A('w')));t(lambda: A('u', b'abcd'))
a=A('i',[3,1,2]); t(lambda: a.pop(5)); t(lambda: A('i').pop()); t(lambda: a.remove(9)); t(lambda: a.index(9)); t(lambda: a.index(1)); t(lambda: a.index(1,2)); t(lambda: a.count(1)); t(lambda: (a.insert(1,7), a)); t(lambda: (a.reverse(), a)); t(lambda: a.tolist()); t(lambda: a.tobytes()); t(lambda: (a.frombytes(b'abcd'), a)); t(lambda: a.frombytes(b'abc')); t(lambda: a.frombytes('abc')); t(lambda: (a.fromlist([1,2]), a)); t(lambda: a.fromlist([1,'a'])); t(lambda: a); t(lambda: a.fromlist((1,))); t(lambda: a.extend([5])); t(lambda: a.extend(A('h',[5]))); t(lambda: a.extend(5)); t(lambda: a.byteswap()); t(lambda: a); t(lambda: a.append('a')); t(lambda: a.append()); t(lambda: type(a.buffer_info())); t(lambda: a.fromunicode('abc')); t(lambda: a.clear()); t(lambda: a)
a=A('i',[1,2,3]); m=memoryview(a); t(lambda: (m.format, m.itemsize, m.nbytes, m.tolist())); t(lambda: a.append(1)); m[0]=99; t(lambda: a); t(lambda: a[:]); t(lambda: a.pop()); m.release(); t(lambda: a.append(4))
t(lambda: A('i',[1,2])<A('i',[1,3])); t(lambda: A('i',[1,2])==A('d',[1,2])); t(lambda: A('i',[1,2])==[1,2]); t(lambda: A('i',[1]) < 3); t(lambda: hash(a)); t(lambda: 2 in a); t(lambda: list(reversed(a))); t(lambda: copy.copy(a)); t(lambda: copy.deepcopy(a)); t(lambda: pickle.loads(pickle.dumps(a))); t(lambda: pickle.loads(pickle.dumps(a, 2)));t(lambda: a.__reduce_ex__(2)); t(lambda: a.__reduce_ex__(3)); t(lambda: bytes(a)); t(lambda: bytearray(a)); t(lambda: len(a)); t(lambda: bool(A('i'))); t(lambda: A.__mro__); t(lambda: A('f',[0.1])); t(lambda: A('i') + 1); t(lambda: a.typecode)
class B(A): pass
t(lambda: B('i',[1])); t(lambda: B('i',[1])[0:]); t(lambda: B('i',[1])+B('i',[1])); t(lambda: A.fromfile); t(lambda: A.__doc__[:30]); t(lambda: array.ArrayType is A); t(lambda: array._array_reconstructor(A,'i',8,b'abcd'))
def ia(x, y): x+=y; return x
t(lambda: ia(A('i',[1]),A('i',[2]))); t(lambda: ia(A('i',[1]),[2])); 
def im(x, y): x*=y; return x
t(lambda: im(A('i',[1]),2)); t(lambda: A[int]); t(lambda: sum(A('d',[1,2]))); t(lambda: max(A('i',[1,5,2]))); t(lambda: sorted(A('i',[3,1]))); t(lambda: A.append.__text_signature__); t(lambda: A.index.__text_signature__)
match a:
    case [1,2,*x]: print('seq', x)
print(sys.getrefcount(a), A('i',[1])is A('i',[1]))
