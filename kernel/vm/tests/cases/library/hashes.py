# hashlib, hmac, base64, binascii, zlib, pickle, secrets, uuid: what they compute and refuse.
import hashlib, hmac, base64, binascii, zlib, secrets, pickle, uuid
def t(f):
    try: print(repr(f()))
    except BaseException as e: print(type(e).__name__, e)
for n in sorted(hashlib.algorithms_guaranteed):
    h=hashlib.new(n,b'abc'); print(n, h.name, h.digest_size, h.block_size, h.hexdigest(8) if n.startswith('shake') else h.hexdigest())
t(lambda: hashlib.blake2b(b'a',digest_size=20,key=b'k',salt=b's',person=b'p').hexdigest()); t(lambda: hashlib.blake2s(b'a',digest_size=20,key=b'k',salt=b's',person=b'p').hexdigest())
t(lambda: hashlib.sha256('a')); t(lambda: hmac.new(b'k',b'm','sha256').hexdigest()); t(lambda: hmac.compare_digest('a','b')); t(lambda: hashlib.new('foo'))
h=hashlib.sha1(); h.update(b'a'); c=h.copy(); c.update(b'b'); t(lambda: (h.hexdigest(), c.hexdigest()))
d=bytes(range(256))
for n in ('b16','b32','b64','b85','a85','b32hex','z85','urlsafe_b64','standard_b64'):
    e=getattr(base64,n+'encode')(d[:200]); print(n, e[:40], getattr(base64,n+'decode')(e)==d[:200])
t(lambda: base64.b64decode('YQ')); t(lambda: base64.b64decode('YQ==')); t(lambda: base64.b64decode('Y')); t(lambda: base64.b64decode('Y!Q=='),); t(lambda: base64.b64decode('Y!Q==', validate=True)); t(lambda: base64.b64encode('a')); t(lambda: base64.encodebytes(d)[:90])
t(lambda: base64.b64decode('é')); t(lambda: binascii.hexlify(b'abc',':')); t(lambda: binascii.hexlify(b'abcd',b'-',-2)); t(lambda: binascii.unhexlify('abc')); t(lambda: binascii.unhexlify('zz')); t(lambda: binascii.unhexlify('616263')); t(lambda: binascii.crc32(d)); t(lambda: binascii.crc_hqx(d,0)); t(lambda: binascii.b2a_uu(b'hello')); t(lambda: binascii.a2b_uu(b'%:&5L;&\\\n')); t(lambda: binascii.b2a_qp(b'a=b \n\xff'+b'x'*80)); t(lambda: binascii.a2b_qp(b'a=3Db=\nc')); t(lambda: binascii.a2b_base64(b'=YQ==',strict_mode=True)); t(lambda: binascii.a2b_base64(b'YQ==x',strict_mode=True))
b=b'hello world '*50
t(lambda: zlib.decompress(zlib.compress(b))==b); t(lambda: zlib.decompress(b'abc')); t(lambda: zlib.decompress(zlib.compress(b)[:-5])); t(lambda: zlib.decompress(b'')); t(lambda: zlib.crc32(b)); t(lambda: zlib.adler32(b)); t(lambda: zlib.crc32(b'a',5)); t(lambda: zlib.compress('a')); t(lambda: zlib.decompress(zlib.compress(b)[:-4]+b'abcd')); t(lambda: zlib.compress(b,10)); t(lambda: zlib.decompress(zlib.compress(b,wbits=31),wbits=47)==b); t(lambda: zlib.decompress(zlib.compress(b,wbits=-15),wbits=-15)==b)
t(lambda: pickle.loads(pickle.dumps({'a':[1,2.5,'x',b'y',None,True,(1,),{1,2},frozenset([3])]}))); t(lambda: pickle.dumps([1,2,{'a':(1,2)}])); t(lambda: len(secrets.token_hex(8))); t(lambda: uuid.UUID('12345678123456781234567812345678')); t(lambda: uuid.uuid5(uuid.NAMESPACE_DNS,'python.org')); t(lambda: uuid.uuid4().version)
