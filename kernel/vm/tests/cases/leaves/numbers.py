# Each line is evaluated and shown, or its exception is. CPython 3.14.10 recorded the answers (with -W ignore, PYTHONHASHSEED=0).
def t(s):
    try: print(s,'->',repr(eval(s)))
    except Exception as e: print(s,'!!',type(e).__name__,e)
for s in '''1/0
1//0
1%0
divmod(1,0)
1.0/0
1.0//0
1.0%0
divmod(1.0,0)
0**-1
0.0**-1
1j/0
(0j)**-1
(0j)**(1j)
pow(2,-1,4)
pow(2,3,0)
pow(2,3.0,5)
pow(2.0,3,5)
pow(1j,2,3)
(-8)**0.5
(-8.0)**(1/3)
1e308**2
2.0**1e10
1<<-1
1>>-1
1<<(1<<70)
0<<(1<<70)
1>>(1<<70)
-1>>(1<<70)
int('1'*5000)
str(10**5000)[:5]
int(base=10)
int(5,10)
int('5',37)
int('5',1)
int('x')
int('')
int(' 0x ',16)
int('0_',0)
int('00',0)
int('01',0)
int(None)
int([])
int(1,2,3)
int('1',2,3)
int(x=1)
int('1',base='a')
int(b'12')
int(b'x')
int(bytearray(b'x'))
int(float('inf'))
int(float('nan'))
int(1j)
float(10**400)
10**400/3
10**400*1.0
10**400+1j
3/10**400
(10**400)/(10**399)
float('x')
float(b'x')
float([])
float(1j)
float('1_0')
float('1__0')
float('é')
float(x=1)
float(1,2)
float()
complex('1+2j')
complex('x')
complex('1+2')
complex(1,'2')
complex('1',2)
complex([])
complex(1,[])
complex(b'1')
complex(real=1,imag=2)
complex('1'+'j'*2)
complex(' ( 1+2j ) ')
1 < 1j
1j < 1j
1j // 1
1j % 1
divmod(1j,1)
int(1j)
(5).to_bytes(0)
(256).to_bytes(1)
(-1).to_bytes(1)
(-1).to_bytes(1,signed=True)
(5).to_bytes(-1)
(5).to_bytes(2,'x')
(5).to_bytes(2,1)
int.from_bytes(b'ab','x')
int.from_bytes('ab')
int.from_bytes([1,2])
int.from_bytes([256])
round(5,'a')
round(15,-1)
round(25,-1)
round(-15,-1)
round(5,-400)
round(2.5)
round(2.5,None)
round(1e300,-300)
round(float('inf'))
round(float('nan'))
round(float('nan'),2)
round(1.7e308,-308)
(1.5).as_integer_ratio()
float('inf').as_integer_ratio()
float('nan').as_integer_ratio()
float.fromhex('x')
float.fromhex(1)
float.fromhex('0x1p99999')
(1.5).hex()
int.__new__()
int.__new__(str)
int.__new__(5)
(5).__format__(5)
(5).__format__()
True+True
True&True
True|1
-True
bool('a','b')
bool(x=1)
bool()
True.__repr__()
1 .conjugate(3)
1 .__getnewargs__()
1.0 .__getnewargs__()
True.__getnewargs__()
(1j).__getnewargs__()
float.__getformat__('double')
float.__getformat__('x')
float.from_number(3)
float.from_number('3')
complex.from_number(3)
complex.from_number('3')
(1).bit_count()
(2**70).is_integer()
'''.split('\n'): t(s)

# Ints among floats are floats for a sum, of any size.
print(sum([1.0, 10**100, 1.0, -(10**100)]), sum([2j, 1.0, 10**100, 1.0, -(10**100)]), sum([1e100, 1, True, -1e100]))
try:
    sum([1.5, 10**400])
except OverflowError as error:
    print(error)
