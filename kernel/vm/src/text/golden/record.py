"""Writes text.txt and unicode.txt beside it: run with the CPython whose answers are wanted (3.14)."""
import pathlib
import random
import struct

random.seed(1)
N = 1  # more of everything random
here = pathlib.Path(__file__).parent
out=[]
def esc(s): return s.encode('unicode_escape').decode('ascii').replace(' ','\\x20')
def line(op,*args):
    *args,fn=args
    try: r=('ok',fn())
    except Exception as e: r=(type(e).__name__,str(e))
    out.append('\t'.join([op]+[esc(str(a)) for a in args]+[r[0],esc(r[1])]))
def h(x): return '%016x'%struct.unpack('<Q',struct.pack('<d',x))[0]
floats=[0.0,-0.0,1.0,-1.0,0.1,0.5,1.5,2.5,0.05,123456.789,1e15,1e16,1e17,123456789012345678.0,1e22,1e23,9.999999999999999e22,5e-324,1.7976931348623157e308,2.2250738585072014e-308,1e-4,1e-5,0.00012345,9.5,99.95,0.095,float('inf'),float('-inf'),float('nan'),1/3,2/3,1e100,12345678.9,0.045,1234567.0]
def rf():
    k=random.random()
    if k<.25: return random.choice(floats)
    if k<.5: return round(random.uniform(-1e6,1e6),random.randint(0,5))
    if k<.7: return random.uniform(-1,1)*10**random.randint(-20,25)
    return struct.unpack('<d',struct.pack('<Q',random.getrandbits(64)))[0]
for x in floats: line('repr',h(x),lambda: repr(x)); line('hex',h(x),lambda:x.hex())
for _ in range(60*N):
    x=rf(); line('repr',h(x),lambda: repr(x)); line('hex',h(x),lambda:x.hex())
    if x==x and abs(x)!=float('inf'):
        n=random.randint(-10,20); line('round',h(x),n,lambda:repr(round(x,n)))
specs=['','e','.0e','.3e','.0f','.1f','.2f','f','.10f','g','.0g','.3g','.17g','.25g','#g','#.0f','#.3g','%','.1%',',','_',',.2f','_.3e','010','+',' ','+.3f','z.1f','.3','.0','.16','.17','.1','20','<20','^20.2f','=+20.2f','*>15','0>15,.3f','015,','016,.2f','.,f','.6_f',',.8_f','010.2e','n','.3n','E','G','F','.340f','.50e','x','d',',n','020,.6,f','019,.6,f','018,.6,f','z','z,','-','-010,.1f']
for _ in range(250*N):
    x=rf(); s=random.choice(specs); line('ffmt',h(x),s,lambda:format(x,s))
ints=[0,1,-1,9,10,-10,255,256,999,1000,-1000,12345,1234567,-1234567,2**31,2**63-1,-2**63,2**63,2**64,10**30,-10**30,2**200,97,8364,0x1F600,0x10ffff,0x110000]
ispecs=['','d','b','o','x','X','c','n','e','.2f','%','g',',','_','_x','_b','#x','#X','#_b','#o','+','+d',' d','010','010,','012_x','#012b','<10','^10','=10','>10','*^12,','09,','08,','07,','.3','.2d','zd','+c','#c',',x','s','5c','05c','^5c','0<6','#010x','+#012X','1000x' if 0 else '30,',',d','_d',',_','__','q','é']
for _ in range(250*N):
    n=random.choice(ints+[random.randint(-10**random.randint(1,25),10**random.randint(1,25))]); s=random.choice(ispecs); line('ifmt',n,s,lambda:format(n,s))
texts=['','a','abc','é€😀','hello world']
sspecs=['','s','10','<10','>10','^10','^11','.2','5.1','10.3s','*^9','é>6','010','=5','+',' ','#','z','d',',','_s','.','5x','0','00']
for _ in range(60*N):
    t=random.choice(texts); s=random.choice(sspecs); line('sfmt',t,s,lambda:format(t,s))
cspecs=['','e','.2f','.3g','g','+','+.1f','>20','<20','^25.2f','010','=10','%','n',',.2f','#g','z','.3','.0','_','20','x','.2,f']
for _ in range(80*N):
    a,b=rf(),rf()
    if random.random()<.3: a=random.choice([0.0,-0.0])
    c=complex(a,b)
    line('crepr',h(a),h(b),lambda:repr(c))
    s=random.choice(cspecs); line('cfmt',h(a),h(b),s,lambda:format(c,s))
fl=['1','1.5',' 1.5 ','1e5','1e','.5','5.','.','','+1','-1','--1','inf','-INF','Infinity','nan','-nan','infin','1_000','1__0','_1','1_','1_.5','1._5','1e_5','1e1_0','0x1','1e400','-1e400','1e-400','12345678901234567890.123456789','٣.٥','1\u20032','\u20031.5\u2003','é','1\x00','0.1e1','1E+5','1e+','\t1\n','1 2','5e-324','2.4703282292062327e-324','2.4703282292062328e-324','9007199254740993','1e22','8.5']
for t in fl: line('fparse',t,lambda:h(float(t)))
for t in ['1','1.8','0x1.8p1','0x1p-1074','0x1p-1075','0x1.8p-1075','0x1.fffffffffffff8p1023','0x1.fffffffffffff7p1023','0x1p1024','inf','-Infinity','nan','0x','0x.p1','0x.8','.8','8.','0x1p','0x1p+','1p5',' 0x1 ','0xg','0x1.00000000000008p0','0x1.000000000000080000000000000000000000000001p0','0x1.00000000000018p0','0x123456789abcdef0123456789abcdef0123456789p-30','0x0p99999999999999999999','0x1p99999999999999999999','-0x0','0X1P3','+0x1','0x1.0p-1073','0x0.00000000000000000000000000000000000000000000000000000001p300']:
    line('fromhex',t,lambda:h(float.fromhex(t)))
il=[('1',10),('-5',10),('+5',10),('--5',10),(' 12 ',10),('1_000',10),('1__0',10),('_1',10),('1_',10),('0x1f',16),('0x1f',0),('0b101',0),('0o17',0),('0x_1f',0),('0x',16),('017',0),('00',0),('0_0',0),('z',36),('Zz',36),('12',2),('9'*25,10),('-9223372036854775808',10),('9223372036854775808',10),('',10),(' ',10),('1 2',10),('٣٤',10),('abc',10),('é',10),('0b1',16),('0b1',2),('0o7',8),('0x7',8),('1.5',10),('0_7',0),('+0x1',0),('- 1',10),('1\x00',10),('0',0),('-0',0),('1'*4301,10),('f'*5000,16)]
for t,b in il:
    line('iparse',t if len(t)<100 else t[0]+'*'+str(len(t)),b,lambda:(lambda v: str(v) if v.bit_length()<10000 else hex(v%2**64))(int(t,b)))
for t in ['1','1j','1+2j','-1-2j','j','+j','-j','1e3+4e-5j','(1+2j)',' ( 1+2j ) ','1 + 2j','','()','1+2','1j+2','infj','nan+infj','1_0+2_0j','1__0j','1.5.5','1+j','1-j','(1','1)','inf','infinity+nanj','1e5j','1e+5-1e-5J','.5j','5.j','.j','1+.5j','+1+1j','1++1j']:
    line('cparse',t,lambda:(lambda c:h(c.real)+' '+h(c.imag))(complex(t)))
S=['','a',"it's",'"q"','\'"','\n\r\t\\','\x00\x1f\x7f','é','\x80\x9f\xa0\xad','€','\u200b','\u2028','😀','\ud800','\U000e0001','\uffff','\u3000','日本','\u0300','\ue000','\u0378','\U0001fae9','a\ud83d\ude00b']
for t in S:
    line('srepr',t,lambda:repr(t)); line('sascii',t,lambda:ascii(t))
    for enc in ['utf-8','ascii','latin-1','utf-16','utf-16-le','utf-16-be','utf-32','utf-32-be','utf-8-sig','unicode_escape','raw_unicode_escape']:
        for err in ['strict','ignore','replace','backslashreplace','xmlcharrefreplace','surrogateescape','surrogatepass','namereplace']:
            def enc1():
                try: return t.encode(enc,err).hex()
                except UnicodeEncodeError as e: return 'E %s %d %d %s'%(e.encoding,e.start,e.end,e.reason)
            if err=='strict' or random.random()<.35: line('enc',t,enc,err,enc1)
B=[b'',b'abc',b'\xff',b'a\xc3\xa9b',b'\xc3',b'\xe2\x82',b'\xe2\x82x',b'\xed\xa0\x80',b'\xf0\x9f\x98\x80',b'\xf0\x9f',b'\xf4\x90\x80\x80',b'\x80abc\x81',b'\xef\xbb\xbfabc',b'\xe0\x80\x80',b'\xc0\x80',b'\xff\xfea\x00',b'\xfe\xff\x00a',b'a\x00b',b'\x00\xd8\x00\xdc',b'\x00\xd8a\x00',b'\x00\xdc',b'\x00\xd8',b'a\x00\x00\x00',b'\x00\xd8\x00\x00',b'\x00\x00\x11\x00',b'\xff\xfe\x00\x00a\x00\x00\x00',b'a\x00\x00',b'\\x41\\u20ac\\n\\101\\q',b'\\x4',b'\\u12',b'\\U0011ffff',b'\\N{BULLET}',b'\\N{NOPE}',b'\\N',b'\\N{',b'\\',b'\\\\u0041',b'\\\nx',b'\\377\\400',b'\xe9\\u00e9']
for d in B:
    for enc in ['utf-8','ascii','latin-1','utf-16','utf-16-le','utf-16-be','utf-32','utf-32-le','utf-8-sig','unicode_escape','raw_unicode_escape']:
        for err in ['strict','ignore','replace','backslashreplace','surrogateescape','surrogatepass']:
            def dec1():
                import warnings; warnings.simplefilter('ignore')
                try: return d.decode(enc,err)
                except UnicodeDecodeError as e: return 'E %s %d %d %s'%(e.encoding,e.start,e.end,e.reason)
            if err=='strict' or random.random()<.35: line('dec',d.hex(),enc,err,dec1)
words=['a,b,c','  a b  c ','','a','aXXbXXc','XX','\na\r\nb\x0bc\u2028d\n','\ta\tb\nc\t','ÀéÎ','ǅ ß ΑΣ ΑΣΑ ŉ İ ﬁ','éé€€','hello World fOO','ΌΣΟΣ.','x'*5, 'a\u00a0b\u2003c','they\'re Bill\'s ',"\u01c5abc",'ᾳ ᾼ']
for t in words:
    for op,f in [('lower',str.lower),('upper',str.upper),('title',str.title),('capitalize',str.capitalize),('swapcase',str.swapcase),('casefold',str.casefold)]: line(op,t,lambda:f(t))
    for op in ['islower','isupper','istitle','isidentifier']: line(op,t,lambda:str(getattr(t,op)()))
    for sep in [None,',','XX','a']:
        for n in [-1,0,1,2]:
            line('split',t,sep,n,lambda:'|'.join(t.split(sep,n))); line('rsplit',t,sep,n,lambda:'|'.join(t.rsplit(sep,n)))
    for k in [0,1]: line('lines',t,k,lambda:'|'.join(t.splitlines(k)))
    for o,nw,c in [('','-',-1),('','-',2),('XX','',-1),('a','bb',1),('é','e',-1),('a','a',-1)]: line('replace',t,o,nw,c,lambda:t.replace(o,nw,c))
    for n in [0,1,4,8]: line('tabs',t,n,lambda:t.expandtabs(n))
    for w in [0,3,8,9]: line('center',t,w,lambda:t.center(w)); line('zfill',t,w,lambda:t.zfill(w))
    line('strip',t,lambda:t.strip()); line('lstrip',t,lambda:t.lstrip('Xa ')); line('rstrip',t,lambda:t.rstrip('Xc\n'))
    line('count',t,'',lambda:str(t.count(''))); line('count',t,'XX',lambda:str(t.count('XX')))
(here / 'text.txt').write_text('\n'.join(out) + '\n')
sums=[]

# One line a property: the FNV-1a sum of what each code point gives.
def fnv(items):
    h=0xcbf29ce484222325
    for s in items:
        for b in s.encode('utf-8','surrogatepass')+b'\xff':
            h=((h^b)*0x100000001b3)&(2**64-1)
    return '%016x'%h
R=range(0x110000)
for name,f in [('lower',lambda c:c.lower()),('upper',lambda c:c.upper()),('title',lambda c:c.title()),('casefold',lambda c:c.casefold()),('swapcase',lambda c:c.swapcase()),('sigma',lambda c:('αΣ'+c+'α').lower()+('αΣ'+c).lower()+(c+'Σ').lower())]+[(n,lambda c,n=n:'1' if getattr(c,n)() else '0') for n in 'isalpha isdecimal isdigit isnumeric isspace islower isupper istitle isprintable isidentifier'.split()]+[('continue',lambda c:'1' if ('a'+c).isidentifier() else '0'),('repr',repr),('lines',lambda c:str(len(('a'+c+'b').splitlines())))]:
    sums.append(name + ' ' + fnv(f(chr(i)) for i in R))
(here / 'unicode.txt').write_text('\n'.join(sums) + '\n')
