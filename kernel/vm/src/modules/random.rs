//! `_random`: the Mersenne Twister MT19937 behind `random` (`Modules/_randommodule.c`; Matsumoto and Nishimura, 1998).
//!
//! Seeds become keys as in CPython, so seeded numbers are CPython's. The generator is our own because `getstate` shows its state, which the
//! crates for it keep to themselves.

use std::cell::RefCell;

use heap::{Int, Kind, Obj, Tuple};
use num_bigint::{BigInt, Sign};

use super::ModuleSpec;
use crate::class::{ClassSpec, Convention, Method, flags};
use crate::objects::leaf;
use crate::{Args, PyResult, Vm, kinds};

/// Words of state, and the place in it.
const WORDS: usize = 624;

const KIND: Kind = Kind(kinds::MODULES.0 + 34);

/// The payload: the generator.
pub(crate) struct Random {
    twister: RefCell<Twister>,
}

crate::payload!(Random, KIND, {});

/// The generator's state, as `getstate` shows it.
pub(crate) struct Twister {
    words: [u32; WORDS],
    index: usize,
}

pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "_random",
    functions: &[],
    init: |vm, module| {
        vm.dict_set_str(&vm.module_dict(module), "Random", vm.types.random.clone());
        Ok(())
    },
};

pub(crate) static RANDOM: ClassSpec = ClassSpec {
    name: "_random.Random",
    base: Some(&crate::objects::object::OBJECT),
    kind: KIND,
    flags: flags::BASE_TYPE,
    slots: |s| {
        s.new.set(Some(|vm, class, _| {
            let random = Random { twister: RefCell::new(Twister { words: [0; WORDS], index: WORDS }) };
            random.seed_from_host(vm)?;
            Ok(vm.new_object(class, random))
        }));
        s.init.set(Some(|vm, this, args| {
            let given = Args::positional(args.pos()).check(vm, "Random", 0, 1)?;
            seed(vm, this, given.first())
        }));
    },
    methods: &[
        Method::new("random", |vm, this, _| Ok(vm.float(own(this).twister.borrow_mut().float())), Convention::NoArgs)
            .signature("($self, /)"),
        Method::new(
            "seed",
            |vm, this, args| {
                seed(vm, this, args.check(vm, "seed", 0, 1)?.first())?;
                Ok(vm.none())
            },
            Convention::Positional,
        )
        .signature("($self, n=None, /)"),
        Method::new("getrandbits", getrandbits, Convention::One).signature("($self, k, /)"),
        Method::new("getstate", getstate, Convention::NoArgs).signature("($self, /)"),
        Method::new("setstate", setstate, Convention::One).signature("($self, state, /)"),
    ],
    getset: &[],
    basicsize: 2520,
    itemsize: 0,
    doc: "",
};

fn own(this: &Obj) -> &Random {
    this.get::<Random>().expect("a method of a generator gets one")
}

impl Random {
    fn seed_from_host(&self, vm: &Vm) -> PyResult<()> {
        let mut bytes = [0; 32];
        vm.host.random(&mut bytes).map_err(|error| vm.runtime_error(error.to_string()))?;
        let key = bytes.as_chunks::<4>().0.iter().map(|word| u32::from_le_bytes(*word)).collect::<Vec<_>>();
        *self.twister.borrow_mut() = Twister::from_key(&key);
        Ok(())
    }
}

/// The absolute value of an int, or the hash of anything else, as 32-bit words.
fn seed(vm: &Vm, this: &Obj, given: Option<&Obj>) -> PyResult<()> {
    let Some(given) = given.filter(|given| !given.is(&vm.consts.none)) else { return own(this).seed_from_host(vm) };
    let number = match leaf::integer(given) {
        Some(number) => number.to_big().magnitude().clone(),
        None => (vm.hash(given)? as u64).into(),
    };
    let key = number.to_u32_digits();
    *own(this).twister.borrow_mut() = Twister::from_key(if key.is_empty() { &[0] } else { &key });
    Ok(())
}

impl Twister {
    /// `init_by_array`: the state that a key of 32-bit words gives.
    fn from_key(key: &[u32]) -> Twister {
        let mut words = [0u32; WORDS];
        words[0] = 19_650_218;
        let mixed = |before: u32, factor: u32| (before ^ (before >> 30)).wrapping_mul(factor);
        for i in 1..WORDS {
            words[i] = mixed(words[i - 1], 1_812_433_253).wrapping_add(i as u32);
        }
        let mut i = 1;
        let advance = |words: &mut [u32; WORDS], i: usize| {
            if i + 1 < WORDS {
                return i + 1;
            }
            words[0] = words[WORDS - 1];
            1
        };
        for round in 0..WORDS.max(key.len()) {
            let j = round % key.len();
            words[i] = (words[i] ^ mixed(words[i - 1], 1_664_525)).wrapping_add(key[j]).wrapping_add(j as u32);
            i = advance(&mut words, i);
        }
        for _ in 1..WORDS {
            words[i] = (words[i] ^ mixed(words[i - 1], 1_566_083_941)).wrapping_sub(i as u32);
            i = advance(&mut words, i);
        }
        words[0] = 0x8000_0000;
        Twister { words, index: WORDS }
    }

    /// `init_genrand`: the state that a number gives (NumPy's way).
    pub(crate) fn from_seed(seed: u32) -> Twister {
        let mut words = [seed; WORDS];
        for i in 1..WORDS {
            words[i] = (words[i - 1] ^ (words[i - 1] >> 30)).wrapping_mul(1_812_433_253).wrapping_add(i as u32);
        }
        Twister { words, index: WORDS }
    }

    /// The next word.
    pub(crate) fn next(&mut self) -> u32 {
        if self.index >= WORDS {
            self.twist();
        }
        let word = self.words[self.index];
        self.index += 1;
        tempered(word)
    }

    fn twist(&mut self) {
        for i in 0..WORDS {
            let y = (self.words[i] & 0x8000_0000) | (self.words[(i + 1) % WORDS] & 0x7fff_ffff);
            let odd = if y & 1 == 0 { 0 } else { 0x9908_b0df };
            self.words[i] = self.words[(i + 397) % WORDS] ^ (y >> 1) ^ odd;
        }
        self.index = 0;
    }

    /// `genrand_res53`.
    pub(crate) fn float(&mut self) -> f64 {
        let (a, b) = (self.next() >> 5, self.next() >> 6);
        (f64::from(a) * 67_108_864.0 + f64::from(b)) * (1.0 / 9_007_199_254_740_992.0)
    }
}

fn tempered(mut y: u32) -> u32 {
    y ^= y >> 11;
    y ^= (y << 7) & 0x9d2c_5680;
    y ^= (y << 15) & 0xefc6_0000;
    y ^ (y >> 18)
}

fn getrandbits(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let k = vm.index_isize(&args.pos()[0])?;
    if k < 0 {
        return Err(vm.value_error("number of bits must be non-negative"));
    }
    let mut state = own(this).twister.borrow_mut();
    if k <= 32 {
        return Ok(vm.int(if k == 0 { 0 } else { i64::from(state.next() >> (32 - k)) }));
    }
    let mut left = k as u32;
    let mut words = Vec::new();
    while left > 0 {
        let word = state.next();
        words.push(if left < 32 { word >> (32 - left) } else { word });
        left = left.saturating_sub(32);
    }
    Ok(vm.big_int(BigInt::from_slice(Sign::Plus, &words)))
}

fn getstate(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    let state = own(this).twister.borrow();
    let words = state.words.iter().map(|word| i64::from(*word)).chain([state.index as i64]);
    Ok(vm.tuple(words.map(|word| vm.int(word)).collect()))
}

fn setstate(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let Some(tuple) = args.pos()[0].get::<Tuple>() else { return Err(vm.type_error("state vector must be a tuple")) };
    if tuple.len() != WORDS + 1 {
        return Err(vm.value_error("state vector is the wrong size"));
    }
    let mut numbers = tuple.items().iter().map(|item| item.get::<Int>().map(|n| n.0));
    let mut words = [0; WORDS];
    for word in &mut words {
        *word = numbers.next().flatten().ok_or_else(|| vm.type_error("an integer is required"))? as u32;
    }
    let index =
        numbers.next().flatten().filter(|index| (0..=WORDS as i64).contains(index)).ok_or_else(|| vm.value_error("invalid state"))?;
    *own(this).twister.borrow_mut() = Twister { words, index: index as usize };
    Ok(vm.none())
}
