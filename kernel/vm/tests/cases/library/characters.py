# unicodedata: names, categories, numbers, forms, and what they refuse.
import unicodedata as u
def t(f):
    try: print(ascii(f()))
    except BaseException as e: print(type(e).__name__, ascii(str(e)))
for c in 'aA1 \n\u00e9\u00bd\u4e00\uac00\u0301\u05d0(\u2460\U0001f600\ud800\u0660\u1e9b\ufb01\u0378\u00b2':
    t(lambda: (u.name(c,'?'),u.category(c),u.bidirectional(c),u.combining(c),u.east_asian_width(c),u.mirrored(c),u.decomposition(c),u.decimal(c,None),u.digit(c,None),u.numeric(c,None)))
t(lambda: u.name('\n')); t(lambda: u.lookup('foo')); t(lambda: u.lookup('SNOWMAN')); t(lambda: u.lookup('latin small letter e with acute')); t(lambda: u.lookup('HANGUL SYLLABLE GA')); t(lambda: u.lookup('CJK UNIFIED IDEOGRAPH-4E00')); t(lambda: u.decimal('a')); t(lambda: u.digit('a')); t(lambda: u.numeric('a')); t(lambda: u.decimal('a','x')); t(lambda: u.category('ab')); t(lambda: u.category(5)); t(lambda: u.name(5)); t(lambda: u.name('ab')); t(lambda: u.lookup(5)); t(lambda: u.category()); t(lambda: u.name('a',1,2))
for f in ('NFC','NFD','NFKC','NFKD'): t(lambda: [u.normalize(f,s) for s in ('\u00e9','e\u0301','\ufb01','\uac00','\u1e9b\u0323','\u2460','abc','')]); t(lambda: [u.is_normalized(f,s) for s in ('\u00e9','e\u0301','\ufb01','abc')])
t(lambda: u.normalize('foo','a')); t(lambda: u.normalize('NFC',5)); t(lambda: u.is_normalized('foo','a')); t(lambda: u.unidata_version); t(lambda: ''.join(c for c in u.normalize('NFD','\u00c5ngstr\u00f6m \u00e7a') if not u.combining(c)))
import sys; t(lambda: u.normalize.__text_signature__); t(lambda: u.name.__text_signature__)
