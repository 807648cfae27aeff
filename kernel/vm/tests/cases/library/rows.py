# csv: quoting in all its ways, dialects, dict readers and writers.
import csv, io
def t(f):
    try: print(repr(f()))
    except BaseException as e: print(type(e).__name__, e)
class W:
    def __init__(self): self.s=''
    def write(self, x): self.s+=x; return len(x)
def w(rows, **k):
    o=W(); wr=csv.writer(o, **k)
    for r in rows: wr.writerow(r)
    return o.s
def rd(lines, *a, **k): return list(csv.reader(lines, *a, **k))
t(lambda: w([[1,'a',None,1.5,'x,y','q"q','l\nm','']])); t(lambda: w([['']])); t(lambda: w([[None]])); t(lambda: w([[]])); t(lambda: w([['a b','c']], delimiter=' ')); t(lambda: w([['a',1,None,2.5,'']], quoting=csv.QUOTE_ALL)); t(lambda: w([['a',1,None,2.5,'']], quoting=csv.QUOTE_NONNUMERIC)); t(lambda: w([['a,b']], quoting=csv.QUOTE_NONE)); t(lambda: w([['a,b','q"']], quoting=csv.QUOTE_NONE, escapechar='\\')); t(lambda: w([['a','',None,1]], quoting=csv.QUOTE_STRINGS)); t(lambda: w([['a','',None,1]], quoting=csv.QUOTE_NOTNULL)); t(lambda: w([['q"q']], doublequote=False, escapechar='\\')); t(lambda: w([['q"q']], doublequote=False)); t(lambda: w([['a']], lineterminator='\n')); t(lambda: w([['a','b']], dialect='excel-tab')); t(lambda: w([['a','b']], dialect='unix')); t(lambda: w([5])); t(lambda: w(['abc'])); t(lambda: w([['']], quoting=csv.QUOTE_NONE)); t(lambda: w([[' a']], delimiter=',', skipinitialspace=True))
t(lambda: rd(['a,b,c','1,"2,3",4'])); t(lambda: rd(['a,"b\n','c",d\n'])); t(lambda: rd(['"a""b",c'])); t(lambda: rd(['a b'], delimiter=' ')); t(lambda: rd(['1,"a",2.5'], quoting=csv.QUOTE_NONNUMERIC)); t(lambda: rd(['x'], quoting=csv.QUOTE_NONNUMERIC)); t(lambda: rd(['a,"b'])); t(lambda: rd(['a,"b'], strict=True)); t(lambda: rd(['"a"b'], strict=True)); t(lambda: rd(['"a"b'])); t(lambda: rd(['a\\,b'], escapechar='\\')); t(lambda: rd(['a, b'], skipinitialspace=True)); t(lambda: rd([b'a'])); t(lambda: rd(['','a'])); t(lambda: rd(['a\rb'])); t(lambda: rd(['a,,"",b'], quoting=csv.QUOTE_NOTNULL)); t(lambda: rd(['a,,"",1'], quoting=csv.QUOTE_STRINGS)); t(lambda: rd(["'a,b',c"], quotechar="'")); t(lambda: rd(['a"b,c'])); t(lambda: rd(['"a,b'], quoting=csv.QUOTE_NONE)); t(lambda: rd(5))
t(lambda: rd([], delimiter='ab')); t(lambda: rd([], delimiter=5)); t(lambda: rd([], quoting=9)); t(lambda: rd([], quoting='a')); t(lambda: rd([], quotechar=None)); t(lambda: rd([], quotechar='')); t(lambda: rd([], lineterminator=None)); t(lambda: rd([], foo=1)); t(lambda: rd([], 'nope')); t(lambda: rd([], delimiter='\n')); t(lambda: rd([], delimiter='"'));t(lambda: rd([], delimiter=''));t(lambda: rd([], escapechar='ab'));t(lambda: rd([], lineterminator=5))
t(csv.list_dialects); t(lambda: csv.get_dialect('excel').delimiter); t(lambda: csv.register_dialect('p', delimiter='|')); t(lambda: rd(['a|b'],'p')); t(lambda: csv.unregister_dialect('p')); t(lambda: csv.unregister_dialect('p')); t(lambda: csv.field_size_limit()); t(lambda: csv.field_size_limit(10)); t(lambda: rd(['a'*20])); t(lambda: csv.field_size_limit(131072))
t(lambda: list(csv.DictReader(['a,b','1,2','3']))); 
def dw():
    o=W(); d=csv.DictWriter(o,['a','b']); d.writeheader(); d.writerow({'a':1,'b':2}); d.writerows([{'a':3}]); return o.s
t(dw); t(lambda: csv.DictWriter(W(),['a']).writerow({'z':1})); t(lambda: csv.reader([]).dialect.quotechar); t(lambda: csv.Sniffer().sniff('a;b;c\n1;2;3\n').delimiter); t(lambda: csv.writer(5)); t(lambda: csv.Error.__mro__)
r=csv.reader(['a','b']); next(r); t(lambda: r.line_num); t(lambda: csv.writer(W()).writerow(['a'])); t(lambda: csv.writer(W()).writerows([['a'],['b']])); t(lambda: type(r)); t(lambda: csv.get_dialect('excel').quoting); t(lambda: csv.Dialect()); t(lambda: csv.excel().lineterminator)
class D(csv.Dialect): delimiter=';'; quoting=csv.QUOTE_MINIMAL; quotechar='"'; lineterminator='\n'
t(lambda: rd(['a;b'], D)); t(lambda: rd(['a;b'], D()));
