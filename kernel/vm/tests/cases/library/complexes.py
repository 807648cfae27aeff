# cmath: functions, constants, special values, errors.
import cmath
def t(f):
    try: print(repr(f()))
    except BaseException as e: print(type(e).__name__, e)
for n in 'acos acosh asin atan atanh cos cosh exp isfinite isinf isnan log log10 phase polar sin sinh sqrt tan tanh'.split():
    for z in (1+2j, -1, 0, 0.5, complex('inf'), complex('nan'), -0j, 2, True):
        t(lambda: getattr(cmath,n)(z))
t(lambda: cmath.rect(1,2)); t(lambda: cmath.log(2,10)); t(lambda: cmath.log(0)); t(lambda: cmath.log(8,2j)); t(lambda: cmath.sqrt('a')); t(lambda: cmath.exp(1000)); t(lambda: cmath.isclose(1,1.0000000001)); t(lambda: cmath.isclose(1,2,rel_tol=-1)); t(lambda: cmath.isclose(1,1.1,abs_tol=0.2)); t(lambda: (cmath.pi,cmath.e,cmath.tau,cmath.inf,cmath.nan,cmath.infj,cmath.nanj)); t(lambda: cmath.polar(3+4j)); t(lambda: cmath.rect('a',1)); t(lambda: cmath.log()); t(lambda: cmath.sqrt()); t(lambda: cmath.atanh(1)); t(lambda: cmath.sqrt.__text_signature__); t(lambda: cmath.log.__text_signature__); t(lambda: cmath.isclose.__text_signature__);t(lambda: cmath.rect.__text_signature__)
