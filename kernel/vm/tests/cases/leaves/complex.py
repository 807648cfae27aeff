# Each line is evaluated and shown, or its exception is. CPython 3.14.10 recorded the answers (with -W ignore, PYTHONHASHSEED=0).
inf=float('inf'); nan=float('nan')
def t(s):
    try: print(s,'->',repr(eval(s)))
    except Exception as e: print(s,'!!',type(e).__name__,e)
for s in '''complex(inf,nan)*complex(1,1)
complex(inf,0)*1j
complex(inf,inf)*complex(0,1)
-0.0+complex(0,-0.0)
1-complex(1,0.0)
complex(1,0.0)-1
2*complex(inf,1)
1/complex(inf,inf)
1/complex(1e-320,0)
complex(inf,1)/2
complex(inf,1)/(1+0j)
complex(1,1)/complex(0,inf)
(1+2j)**2
(1+2j)**-2
(1+2j)**0
(1+2j)**0.5
(1+2j)**100
(1+2j)**101
1j**2
(1e200+1j)**2
abs(1e308+1e308j)
abs(3+4j)
complex(-0.0,-0.0)
complex(0.0,-1.0)
complex(nan,inf)
repr(1e16j)
hash(1j)
hash(1+1j)
1j==1
1+0j==1
1+0j==1.0
(10**400)==1j
bool(0j)
-(1+2j)
+(1+2j)
(1+2j).conjugate()
complex('nan+infj')
complex('1e3j')
complex('j')
complex('-j')
complex('+j')
complex('1-j')
complex('1_0+2_0j')
complex('(1)')
complex('( 1 + 2j)')
complex('')
complex('infinityj')
complex(real='1')
complex(1.5)
complex(True,False)
complex(1,2,3)
complex(x=1)
complex(imag='1')
complex(None,1)
1j.__complex__()
1j.real
complex.real
1j+'a'
'a'+1j
1j.__eq__('a')
1j.__lt__(1j)
1j.__pow__(2,3)
(2j).__rpow__(3)
(0j)**0
0j**1
0j**(1+0j)
(-1)**(0.5+0j)
1j**1j'''.split('\n'): t(s)
