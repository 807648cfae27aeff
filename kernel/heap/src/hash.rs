//! Hashes: the figures that CPython gives under `PYTHONHASHSEED=0`.
//!
//! Invariant: no hash is -1, the mark of an error in CPython's C code; -2 stands in. Sources: `Python/pyhash.c` (SipHash-1-3 with the
//! key zero, over the bytes of the PEP 393 buffer), `Objects/tupleobject.c`, `Objects/setobject.c`.

use crate::kind::Kind;
use crate::leaf::{Bytes, Int, Str};
use crate::object::Obj;

/// Numbers hash by their value modulo this prime (`_PyHASH_MODULUS`), whatever their type.
pub const MODULUS: u64 = (1 << 61) - 1;
const BITS: u32 = 61;

/// `-1` is no hash.
#[inline]
fn valid(hash: i64) -> i64 {
    if hash == -1 { -2 } else { hash }
}

/// SipHash-1-3 with the key zero; nothing hashes to 0 (`_Py_HashBytes`).
pub fn hash_bytes(data: &[u8]) -> i64 {
    if data.is_empty() {
        return 0;
    }
    let mut v = [0x736f_6d65_7073_6575_u64, 0x646f_7261_6e64_6f6d, 0x6c79_6765_6e65_7261, 0x7465_6462_7974_6573];
    let mut chunks = data.chunks_exact(8);
    for chunk in &mut chunks {
        let word = u64::from_le_bytes(chunk.try_into().expect("a chunk has eight bytes"));
        v[3] ^= word;
        round(&mut v);
        v[0] ^= word;
    }
    let mut last = (data.len() as u64) << 56;
    for (i, &byte) in chunks.remainder().iter().enumerate() {
        last |= u64::from(byte) << (8 * i);
    }
    v[3] ^= last;
    round(&mut v);
    v[0] ^= last;
    v[2] ^= 0xff;
    (0..3).for_each(|_| round(&mut v));
    valid((v[0] ^ v[1] ^ v[2] ^ v[3]) as i64)
}

#[inline(always)]
fn round(v: &mut [u64; 4]) {
    let [mut a, mut b, mut c, mut d] = *v;
    a = a.wrapping_add(b);
    b = b.rotate_left(13) ^ a;
    a = a.rotate_left(32);
    c = c.wrapping_add(d);
    d = d.rotate_left(16) ^ c;
    a = a.wrapping_add(d);
    d = d.rotate_left(21) ^ a;
    c = c.wrapping_add(b);
    b = b.rotate_left(17) ^ c;
    c = c.rotate_left(32);
    *v = [a, b, c, d];
}

impl Str {
    /// Python's `hash(text)`, computed once.
    #[inline]
    pub fn hash_value(&self) -> i64 {
        match self.hash.get() {
            0 => self.compute_hash(),
            hash => hash,
        }
    }

    #[cold]
    fn compute_hash(&self) -> i64 {
        let hash = if self.is_ascii() { hash_bytes(self.as_bytes()) } else { hash_bytes(&self.pep393()) };
        self.hash.set(hash);
        hash
    }

    /// The characters as CPython keeps them: one, two or four bytes each, all alike.
    fn pep393(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.chars() * self.width());
        let mut rest = self.as_bytes();
        while let Some((&lead, tail)) = rest.split_first() {
            let (more, bits) = match lead {
                0..0x80 => (0, lead),
                0x80..0xE0 => (1, lead & 0x1F),
                0xE0..0xF0 => (2, lead & 0x0F),
                _ => (3, lead & 0x07),
            };
            let (continuation, after) = tail.split_at(more);
            let c = continuation.iter().fold(u32::from(bits), |c, &b| c << 6 | u32::from(b & 0x3F));
            out.extend_from_slice(&c.to_le_bytes()[..self.width()]);
            rest = after;
        }
        out
    }
}

impl Bytes {
    /// Python's `hash(data)`, computed once.
    pub fn hash_value(&self) -> i64 {
        if self.hash.get() == 0 {
            self.hash.set(hash_bytes(self.as_bytes()));
        }
        self.hash.get()
    }
}

/// The hash of an `int` of 64 bits.
#[inline]
pub fn hash_int(value: i64) -> i64 {
    if value.unsigned_abs() < MODULUS {
        return valid(value);
    }
    let rest = (value.unsigned_abs() % MODULUS) as i64;
    valid(if value < 0 { -rest } else { rest })
}

/// The hash of a `float`; nothing for a NaN, which hashes by its identity.
pub fn hash_float(value: f64) -> Option<i64> {
    if !value.is_finite() {
        return (!value.is_nan()).then_some(if value > 0.0 { 314_159 } else { -314_159 });
    }
    if value == 0.0 {
        return Some(0);
    }
    // value = mantissa * 2^exponent, with an odd or even integer as the mantissa; powers of two rotate modulo 2^61 - 1.
    let bits = value.to_bits();
    let (exponent, fraction) = ((bits >> 52 & 0x7FF) as i64, bits & ((1 << 52) - 1));
    let (mantissa, exponent) = if exponent == 0 { (fraction, -1074) } else { (fraction | 1 << 52, exponent - 1075) };
    let turn = exponent.rem_euclid(i64::from(BITS)) as u32;
    let rotated = if turn == 0 { mantissa } else { (mantissa << turn & MODULUS) | mantissa >> (BITS - turn) };
    let hash = (rotated % MODULUS) as i64;
    Some(valid(if value < 0.0 { -hash } else { hash }))
}

/// The hash of an object that is equal to itself only, from its `id` (`_Py_HashPointer`).
#[inline]
pub fn hash_identity(id: u64) -> i64 {
    valid(id.rotate_right(4) as i64)
}

/// The hash of a `tuple`, from those of its items.
pub fn hash_tuple(hashes: impl IntoIterator<Item = i64>) -> i64 {
    let mut hasher = TupleHasher::default();
    hashes.into_iter().for_each(|hash| hasher.add(hash));
    hasher.finish()
}

/// Collects the hashes of a tuple's items, one at a time.
pub struct TupleHasher {
    state: u64,
    len: u64,
}

const PRIME_1: u64 = 11_400_714_785_074_694_791;
const PRIME_2: u64 = 14_029_467_366_897_019_727;
const PRIME_5: u64 = 2_870_177_450_012_600_261;

impl Default for TupleHasher {
    fn default() -> TupleHasher {
        TupleHasher { state: PRIME_5, len: 0 }
    }
}

impl TupleHasher {
    /// The next item's hash.
    #[inline]
    pub fn add(&mut self, hash: i64) {
        self.state = self.state.wrapping_add((hash as u64).wrapping_mul(PRIME_2)).rotate_left(31).wrapping_mul(PRIME_1);
        self.len += 1;
    }

    /// The same for a `slice`, which has always three parts.
    pub fn finish_without_length(self) -> i64 {
        if self.state as i64 == -1 { 1_546_275_796 } else { self.state as i64 }
    }

    /// The tuple's hash.
    pub fn finish(self) -> i64 {
        match self.state.wrapping_add(self.len ^ (PRIME_5 ^ 3_527_539)) as i64 {
            -1 => 1_546_275_796,
            hash => hash,
        }
    }
}

/// The hash of a `frozenset`, from those of its items, in any order.
pub fn hash_frozenset(hashes: impl IntoIterator<Item = i64>) -> i64 {
    let (mut mix, mut len) = (0_u64, 0_u64);
    for hash in hashes {
        let h = hash as u64;
        mix ^= ((h ^ 89_869_747) ^ (h << 16)).wrapping_mul(3_644_798_167);
        len += 1;
    }
    mix ^= (len + 1).wrapping_mul(1_927_868_237);
    mix ^= (mix >> 11) ^ (mix >> 25);
    match mix.wrapping_mul(69_069).wrapping_add(907_133_923) as i64 {
        -1 => 590_923_713,
        hash => hash,
    }
}

impl Obj {
    /// The hash of an exact `str`, `int` or `bool`; nothing for any other object.
    #[inline]
    pub fn quick_hash(&self) -> Option<i64> {
        match self.kind() {
            // SAFETY: the kind says which payload it is.
            Kind::STR => Some(unsafe { self.payload_unchecked::<Str>() }.hash_value()),
            Kind::INT | Kind::BOOL => self.plain_int().map(hash_int),
            _ => None,
        }
    }

    /// The value of an exact `int` or `bool` of 64 bits.
    #[inline]
    pub fn plain_int(&self) -> Option<i64> {
        match self.kind() {
            Kind::INT | Kind::BOOL => {
                let at = self.address();
                // SAFETY: both kinds have the layout of `Int`, behind a leaf's header.
                Some(unsafe { at.add(crate::payload::offset::<Int>()).cast::<Int>().as_ref() }.0)
            }
            _ => None,
        }
    }

    /// Whether two objects are equal as keys, if that can be said without running Python code: the same object, two
    /// exact strings, or two exact ints of 64 bits.
    #[inline]
    pub(crate) fn quick_eq(&self, other: &Obj) -> Option<bool> {
        if self.is(other) {
            return Some(true);
        }
        match (self.kind(), other.kind()) {
            (Kind::STR, Kind::STR) => {
                // SAFETY: the kinds say that both are texts.
                Some(unsafe { self.payload_unchecked::<Str>().as_bytes() == other.payload_unchecked::<Str>().as_bytes() })
            }
            (Kind::INT, Kind::INT) => Some(self.plain_int() == other.plain_int()),
            (Kind::INT, Kind::STR) | (Kind::STR, Kind::INT) => Some(false),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_cpython_with_hash_seed_0() {
        assert_eq!(hash_bytes(b"abc"), -4594863902769663758);
        assert_eq!(hash_bytes(b"hello world, this is long"), 7650859633215404784);
        assert_eq!(hash_float(1.5), Some(1152921504606846977));
        assert_eq!(hash_float(-0.1), Some(-230584300921369408));
        assert_eq!(hash_float(1e300), Some(1224995262755759164));
        assert_eq!(hash_float(5e-324), Some(16777216));
        assert_eq!(hash_tuple([1, 2, 3]), 529344067295497451);
        assert_eq!(hash_tuple([]), 5740354900026072187);
        assert_eq!(hash_frozenset([1, 2, 3]), -272375401224217160);
        assert_eq!(hash_int(i64::MIN), -4);
        let heap = crate::Heap::new();
        let hash = |text: &str| heap.str(text).get::<Str>().expect("a str").hash_value();
        assert_eq!(hash("é"), 6047309291227476195);
        assert_eq!(hash("Ω"), -4435444875665441047);
        assert_eq!(hash("aΩ😀"), 5101815988331317225);
    }
}
