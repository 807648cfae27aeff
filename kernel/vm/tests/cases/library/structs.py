# struct: formats, values out of range, buffers and offsets.
import struct
def t(f):
    try: print(repr(f()))
    except BaseException as e: print(type(e), e)
for p in '@<>':
    for c in 'bBhHiIlLqQ' + ('nNP' if p=='@' else ''):
        for v in (1<<70, -(1<<70), -1<<63, 300, -300, 70000, 1<<40, 'a', 1.5, True):
            print(p+c, str(v)[:6], end=' '); t(lambda: struct.pack(p+c, v))
t(lambda: struct.pack('c', 'a')); t(lambda: struct.pack('c', b'ab'))
t(lambda: struct.pack('s', 'a')); t(lambda: struct.pack('p', 'a'));t(lambda: struct.pack('5s', b'abc'));t(lambda: struct.pack('5p', b'abcdefg'))
t(lambda: struct.pack('f', 1e40));t(lambda: struct.pack('<f', 1e40)); t(lambda: struct.pack('e', 1e6)); t(lambda: struct.pack('f', 'a')); t(lambda: struct.pack('?', []))
t(lambda: struct.pack('<2h', 1)); t(lambda: struct.pack('z', 1)); t(lambda: struct.pack('2', 1)); t(lambda: struct.pack('2 h', 1)); t(lambda: struct.pack(1, 1)); t(lambda: struct.pack()); 
t(lambda: struct.unpack('i', b'abc')); t(lambda: struct.unpack('i')); t(lambda: struct.unpack('i', 'abc')); t(lambda: struct.unpack_from('i', b'abc', 3)); t(lambda: struct.unpack_from('i', b'abcdefgh', -2)); t(lambda: struct.unpack_from('i', b'abcdefgh', -12));t(lambda: struct.unpack_from('i', b'abcdefgh', -4))
b=bytearray(6)
t(lambda: struct.pack_into('i', b, 3, 5)); t(lambda: struct.pack_into('i', b, -2, 5)); t(lambda: struct.pack_into('i', b, -8, 5)); t(lambda: struct.pack_into('i', b, 0, 5)); t(lambda: struct.pack_into('i', b'abcd', 0, 5)); t(lambda: struct.pack_into('i', b)); t(lambda: struct.pack_into('i')); t(lambda: struct.pack_into('i', b, 0));t(lambda: struct.pack_into('i', b, 'a', 0))
t(lambda: list(struct.iter_unpack('h', b'abc'))); t(lambda: struct.iter_unpack('0s', b'abcd')); 
s=struct.Struct('<hq3s'); t(lambda: s); t(lambda: (s.size, s.format, s.__sizeof__())); t(lambda: s.pack(1,2,b'x')); t(lambda: s.pack(1)); t(lambda: s.unpack(b'1')); t(lambda: struct.Struct()); t(lambda:struct.Struct(b'hh').format)
import sys; t(lambda: sys.getsizeof(s)); t(lambda: struct.calcsize('@bq b')); t(lambda: struct.calcsize('=bqb')); t(lambda: struct.calcsize('bhilqfdsPnN?x')); t(lambda: struct.calcsize('b0i'))
t(lambda: struct.Struct.__mro__); t(lambda: struct.error.__mro__); t(lambda: type(struct.iter_unpack('h', b'abcd')));  t(lambda: struct.pack('F', 1+2j)); t(lambda: struct.pack('D', 1)); t(lambda: struct.unpack('D', bytes(16)))
t(lambda: s.pack_into(b)); t(lambda: s.pack_into(b,0)); t(lambda: s.unpack_from(b, offset=1));t(lambda: s.unpack_from(buffer=b)); t(lambda: struct.calcsize('9999999999999999999s'));t(lambda: struct.calcsize('é')); t(lambda: hash(s)==object.__hash__(s)); t(lambda: struct.Struct('é'))
t(lambda: struct.unpack('<?', b'\x05')); t(lambda: struct.unpack('3p', b'\x05abc'[:3])); t(lambda: struct.pack('>e', 1.5)); t(lambda: struct.pack('e', float('nan'))); t(lambda:struct.unpack('e', b'\x01\x00')); t(lambda: struct.pack('h', 1.0)); t(lambda: struct.pack('P', -1)); t(lambda: struct.pack('0s', b'')) ; t(lambda: struct.pack('xx')); t(lambda: struct.pack('e', 65519.99)); t(lambda: struct.pack('e', 65520.0))
for n in ('pack','unpack','calcsize','pack_into','unpack_from','iter_unpack'): t(lambda: getattr(struct,n)); t(lambda: getattr(struct,n).__text_signature__)
