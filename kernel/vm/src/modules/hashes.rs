//! `_md5`, `_sha1`, `_sha2`, `_sha3` and `_blake2`: the hash functions behind `hashlib`, from the RustCrypto and BLAKE2 crates.

use std::cell::RefCell;

use heap::{Kind, Obj};
use sha2::Digest;
use sha2::digest::{ExtendableOutput, Update, XofReader};

use super::ModuleSpec;
use crate::class::{ClassSpec, Convention, GetSet, Method, flags};
use crate::objects::leaf;
use crate::{Args, PyResult, Signature, Vm, kinds};

use Convention::{Keywords, NoArgs, One};

const KIND: Kind = Kind(kinds::MODULES.0 + 80);

/// A hash function under way.
trait Engine {
    fn update(&mut self, data: &[u8]);
    /// The digest so far; of an extendable function, this many bytes of it.
    fn digest(&self, length: usize) -> Vec<u8>;
    fn fork(&self) -> Box<dyn Engine>;
}

struct Plain<D>(D);

impl<D: Digest + Clone + 'static> Engine for Plain<D> {
    fn update(&mut self, data: &[u8]) {
        Digest::update(&mut self.0, data);
    }
    fn digest(&self, _: usize) -> Vec<u8> {
        self.0.clone().finalize().to_vec()
    }
    fn fork(&self) -> Box<dyn Engine> {
        Box::new(Plain(self.0.clone()))
    }
}

struct Extendable<D>(D);

impl<D: ExtendableOutput + Update + Clone + 'static> Engine for Extendable<D> {
    fn update(&mut self, data: &[u8]) {
        self.0.update(data);
    }
    fn digest(&self, length: usize) -> Vec<u8> {
        let mut out = vec![0; length];
        self.0.clone().finalize_xof().read(&mut out);
        out
    }
    fn fork(&self) -> Box<dyn Engine> {
        Box::new(Extendable(self.0.clone()))
    }
}

macro_rules! blake2 {
    ($state:ty) => {
        impl Engine for $state {
            fn update(&mut self, data: &[u8]) {
                self.update(data);
            }
            fn digest(&self, _: usize) -> Vec<u8> {
                self.finalize().as_bytes().to_vec()
            }
            fn fork(&self) -> Box<dyn Engine> {
                Box::new(self.clone())
            }
        }
    };
}
blake2!(blake2b_simd::State);
blake2!(blake2s_simd::State);

/// The payload of a hash object.
pub(crate) struct Hash {
    name: &'static str,
    block: usize,
    /// Bytes of the digest; 0 for an extendable function.
    size: usize,
    engine: RefCell<Box<dyn Engine>>,
}
crate::payload!(Hash, KIND, {});

fn own(this: &Obj) -> &Hash {
    this.get::<Hash>().expect("a hash's method is called on a hash")
}

macro_rules! plain {
    ($type:ty) => {
        || Box::new(Plain(<$type>::default()))
    };
}

macro_rules! extendable {
    ($type:ty) => {
        || Box::new(Extendable(<$type>::default()))
    };
}

/// A hash function: its name, the class of its objects, bytes of a block and of the digest, and how one starts.
struct Function {
    name: &'static str,
    class: fn(&Vm) -> &Obj,
    block: usize,
    size: usize,
    start: fn() -> Box<dyn Engine>,
}

macro_rules! functions {
    ($($id:ident $name:literal $class:ident $block:literal $size:literal $start:expr;)*) => {
        $(static $id: Function = Function { name: $name, class: |vm| &vm.types.$class, block: $block, size: $size, start: $start };)*
    };
}

functions! {
    MD5 "md5" md5 64 16 plain!(md5::Md5);
    SHA1 "sha1" sha1 64 20 plain!(sha1::Sha1);
    SHA224 "sha224" sha224 64 28 plain!(sha2::Sha224);
    SHA256 "sha256" sha256 64 32 plain!(sha2::Sha256);
    SHA384 "sha384" sha384 128 48 plain!(sha2::Sha384);
    SHA512 "sha512" sha512 128 64 plain!(sha2::Sha512);
    SHA3_224 "sha3_224" sha3_224 144 28 plain!(sha3::Sha3_224);
    SHA3_256 "sha3_256" sha3_256 136 32 plain!(sha3::Sha3_256);
    SHA3_384 "sha3_384" sha3_384 104 48 plain!(sha3::Sha3_384);
    SHA3_512 "sha3_512" sha3_512 72 64 plain!(sha3::Sha3_512);
    SHAKE_128 "shake_128" shake_128 168 0 extendable!(shake::Shake128);
    SHAKE_256 "shake_256" shake_256 136 0 extendable!(shake::Shake256);
}

/// A function of a module that starts a hash.
macro_rules! starter {
    ($name:literal, $function:ident) => {
        Method::new($name, |vm, _, args| start(vm, &$function, args), Keywords)
            .signature("($module, /, data=b'', *, usedforsecurity=True, string=None)")
    };
}

pub(super) static MD5_MODULE: ModuleSpec = ModuleSpec {
    name: "_md5",
    functions: &[starter!("md5", MD5)],
    init: |vm, module| {
        vm.add_class(module, "MD5Type", &vm.types.md5);
        Ok(())
    },
};

pub(super) static SHA1_MODULE: ModuleSpec = ModuleSpec {
    name: "_sha1",
    functions: &[starter!("sha1", SHA1)],
    init: |vm, module| {
        vm.add_class(module, "SHA1Type", &vm.types.sha1);
        Ok(())
    },
};

pub(super) static SHA2_MODULE: ModuleSpec = ModuleSpec {
    name: "_sha2",
    functions: &[starter!("sha224", SHA224), starter!("sha256", SHA256), starter!("sha384", SHA384), starter!("sha512", SHA512)],
    init: |vm, module| {
        let types = &vm.types;
        for (name, class) in
            [("SHA224Type", &types.sha224), ("SHA256Type", &types.sha256), ("SHA384Type", &types.sha384), ("SHA512Type", &types.sha512)]
        {
            vm.add_class(module, name, class);
        }
        Ok(())
    },
};

pub(super) static SHA3_MODULE: ModuleSpec = ModuleSpec {
    name: "_sha3",
    functions: &[],
    init: |vm, module| {
        for function in [&SHA3_224, &SHA3_256, &SHA3_384, &SHA3_512, &SHAKE_128, &SHAKE_256] {
            vm.add_class(module, function.name, (function.class)(vm));
        }
        Ok(())
    },
};

pub(super) static BLAKE2_MODULE: ModuleSpec = ModuleSpec {
    name: "_blake2",
    functions: &[],
    init: |vm, module| {
        let dict = vm.module_dict(module);
        for (class, name, sizes) in [(&vm.types.blake2b, "BLAKE2B", BLAKE2B_SIZES), (&vm.types.blake2s, "BLAKE2S", BLAKE2S_SIZES)] {
            vm.add_class(module, &name.to_lowercase(), class);
            let own = vm.class(class).dict.get();
            for (what, size) in ["SALT_SIZE", "PERSON_SIZE", "MAX_KEY_SIZE", "MAX_DIGEST_SIZE"].into_iter().zip(sizes) {
                vm.dict_set_str(&dict, &format!("{name}_{what}"), vm.uint(size as u64));
                if let Some(own) = &own {
                    vm.dict_set_str(own, what, vm.uint(size as u64));
                }
            }
            vm.class_modified(class);
        }
        Ok(())
    },
};

/// The largest salt, person, key and digest.
const BLAKE2B_SIZES: [usize; 4] = [16, 16, 64, 64];
const BLAKE2S_SIZES: [usize; 4] = [8, 8, 32, 32];

const fn class(name: &'static str, slots: fn(&crate::class::Slots), methods: &'static [Method]) -> ClassSpec {
    ClassSpec { name, base: None, kind: KIND, flags: flags::HAVE_GC, slots, methods, getset: GETSET, basicsize: 32, itemsize: 0, doc: "" }
}

static FIXED: &[Method] = &[
    Method::new("copy", copy, NoArgs).signature("($self, /)"),
    Method::new("digest", |vm, this, _| Ok(vm.bytes(&own(this).engine.borrow().digest(0))), NoArgs).signature("($self, /)"),
    Method::new("hexdigest", |vm, this, _| Ok(vm.str(&hex(&own(this).engine.borrow().digest(0)))), NoArgs).signature("($self, /)"),
    Method::new("update", update, One).signature("($self, data, /)"),
];

static EXTENDABLE: &[Method] = &[
    Method::new("copy", copy, NoArgs).signature("($self, /)"),
    Method::new("digest", |vm, this, args| Ok(vm.bytes(&some_digest(vm, this, "digest", args)?)), Keywords).signature("($self, /, length)"),
    Method::new("hexdigest", |vm, this, args| Ok(vm.str(&hex(&some_digest(vm, this, "hexdigest", args)?))), Keywords)
        .signature("($self, /, length)"),
    Method::new("update", update, One).signature("($self, data, /)"),
];

static GETSET: &[GetSet] = &[
    GetSet::new("name", |vm, this| Ok(vm.str(own(this).name))),
    GetSet::new("digest_size", |vm, this| Ok(vm.uint(own(this).size as u64))),
    GetSet::new("block_size", |vm, this| Ok(vm.uint(own(this).block as u64))),
];

macro_rules! classes {
    ($($id:ident $name:literal $slots:expr, $methods:ident;)*) => {
        $(pub(crate) static $id: ClassSpec = class($name, $slots, $methods);)*
    };
}

macro_rules! made_by_class {
    ($function:ident) => {
        |s| s.new.set(Some(|vm, _, args| start(vm, &$function, args)))
    };
}

classes! {
    MD5_CLASS "_md5.md5" |_| {}, FIXED;
    SHA1_CLASS "_sha1.sha1" |_| {}, FIXED;
    SHA224_CLASS "_sha2.SHA224Type" |_| {}, FIXED;
    SHA256_CLASS "_sha2.SHA256Type" |_| {}, FIXED;
    SHA384_CLASS "_sha2.SHA384Type" |_| {}, FIXED;
    SHA512_CLASS "_sha2.SHA512Type" |_| {}, FIXED;
    SHA3_224_CLASS "_sha3.sha3_224" made_by_class!(SHA3_224), FIXED;
    SHA3_256_CLASS "_sha3.sha3_256" made_by_class!(SHA3_256), FIXED;
    SHA3_384_CLASS "_sha3.sha3_384" made_by_class!(SHA3_384), FIXED;
    SHA3_512_CLASS "_sha3.sha3_512" made_by_class!(SHA3_512), FIXED;
    SHAKE_128_CLASS "_sha3.shake_128" made_by_class!(SHAKE_128), EXTENDABLE;
    SHAKE_256_CLASS "_sha3.shake_256" made_by_class!(SHAKE_256), EXTENDABLE;
    BLAKE2B_CLASS "_blake2.blake2b" |s| s.new.set(Some(|vm, _, args| start_blake2(vm, true, args))), FIXED;
    BLAKE2S_CLASS "_blake2.blake2s" |s| s.new.set(Some(|vm, _, args| start_blake2(vm, false, args))), FIXED;
}

fn hex(data: &[u8]) -> String {
    data.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn copy(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    let of = own(this);
    let engine = RefCell::new(of.engine.borrow().fork());
    Ok(vm.new_object(&vm.class_of(this), Hash { name: of.name, block: of.block, size: of.size, engine }))
}

fn update(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    feed(vm, own(this), &args.pos()[0])?;
    Ok(vm.none())
}

fn feed(vm: &Vm, hash: &Hash, data: &Obj) -> PyResult<()> {
    if leaf::text(data).is_some() {
        return Err(vm.type_error("Strings must be encoded before hashing"));
    }
    if !vm.is_bytes_like(data) {
        return Err(vm.type_error("object supporting the buffer API required"));
    }
    vm.with_bytes(data, |data| hash.engine.borrow_mut().update(data))
}

fn some_digest(vm: &Vm, this: &Obj, name: &'static str, args: Args<'_>) -> PyResult<Vec<u8>> {
    let signature = Signature { name, params: &["length"], positional_only: 0, positional: 1, required: 1 };
    let [length] = args.bind(vm, &signature)?;
    let length = vm.index_isize(length.unwrap_or(&vm.consts.none))?;
    if length < 0 {
        return Err(vm.value_error("value must be positive"));
    }
    if length >= 1 << 29 {
        return Err(vm.value_error("length is too large"));
    }
    Ok(own(this).engine.borrow().digest(length as usize))
}

/// The data to begin with, by its old or its new name.
fn initial<'a>(vm: &Vm, data: Option<&'a Obj>, string: Option<&'a Obj>) -> PyResult<Option<&'a Obj>> {
    match (data, string.filter(|string| !string.is(&vm.consts.none))) {
        (Some(_), Some(_)) => Err(vm.type_error("'data' and 'string' are mutually exclusive and support for 'string' keyword parameter is slated for removal in a future version.")),
        (data, string) => Ok(data.or(string)),
    }
}

fn start(vm: &Vm, function: &'static Function, args: Args<'_>) -> PyResult {
    let signature =
        Signature { name: function.name, params: &["data", "usedforsecurity", "string"], positional_only: 0, positional: 1, required: 0 };
    let [data, _, string] = args.bind(vm, &signature)?;
    let data = initial(vm, data, string)?;
    let hash = Hash { name: function.name, block: function.block, size: function.size, engine: RefCell::new((function.start)()) };
    if let Some(data) = data {
        feed(vm, &hash, data)?;
    }
    Ok(vm.new_object((function.class)(vm), hash))
}

fn start_blake2(vm: &Vm, big: bool, args: Args<'_>) -> PyResult {
    let (name, shown, sizes) = if big { ("blake2b", "Blake2b", BLAKE2B_SIZES) } else { ("blake2s", "Blake2s", BLAKE2S_SIZES) };
    let signature = Signature {
        name,
        params: &[
            "data",
            "digest_size",
            "key",
            "salt",
            "person",
            "fanout",
            "depth",
            "leaf_size",
            "node_offset",
            "node_depth",
            "inner_size",
            "last_node",
            "usedforsecurity",
            "string",
        ],
        positional_only: 0,
        positional: 1,
        required: 0,
    };
    let [data, size, key, salt, person, fanout, depth, leaf_size, node_offset, node_depth, inner_size, last_node, _, string] =
        args.bind(vm, &signature)?;
    let data = initial(vm, data, string)?;
    let [max_salt, max_person, max_key, max_digest] = sizes;
    let size = size.map_or(Ok(max_digest as isize), |size| vm.index_isize(size))?;
    if !(1..=max_digest as isize).contains(&size) {
        return Err(vm.value_error(format!("digest_size for {shown} must be between 1 and {max_digest} bytes, here it is {size}")));
    }
    let bytes = |given: Option<&Obj>, what: &str, max: usize| -> PyResult<Vec<u8>> {
        let bytes = given.map_or(Ok(Vec::new()), |given| vm.need_bytes(given))?;
        if bytes.len() > max { Err(vm.value_error(format!("maximum {what} length is {max} bytes"))) } else { Ok(bytes) }
    };
    let salt = bytes(salt, "salt", max_salt)?;
    let person = bytes(person, "person", max_person)?;
    let number = |given: Option<&Obj>, default: i64, range: std::ops::RangeInclusive<i64>, what: &str| -> PyResult<i64> {
        let number = given.map_or(Ok(default as isize), |given| vm.index_isize(given))? as i64;
        if range.contains(&number) {
            Ok(number)
        } else {
            Err(vm.value_error(format!("{what} must be between {} and {}", range.start(), range.end())))
        }
    };
    let fanout = number(fanout, 1, 0..=255, "fanout")?;
    let depth = number(depth, 1, 1..=255, "depth")?;
    let leaf_size = number(leaf_size, 0, 0..=u32::MAX.into(), "leaf_size")?;
    let node_offset = number(node_offset, 0, 0..=if big { i64::MAX } else { (1 << 48) - 1 }, "node_offset")?;
    let node_depth = number(node_depth, 0, 0..=255, "node_depth")?;
    let inner_size = number(inner_size, 0, 0..=max_digest as i64, "inner_size")?;
    let last_node = last_node.map_or(Ok(false), |last| vm.is_true(last))?;
    let key = bytes(key, "key", max_key)?;
    macro_rules! state {
        ($params:ty) => {
            Box::new(
                <$params>::new()
                    .hash_length(size as usize)
                    .key(&key)
                    .salt(&salt)
                    .personal(&person)
                    .fanout(fanout as u8)
                    .max_depth(depth as u8)
                    .max_leaf_length(leaf_size as u32)
                    .node_offset(node_offset as u64)
                    .node_depth(node_depth as u8)
                    .inner_hash_length(inner_size as usize)
                    .last_node(last_node)
                    .to_state(),
            )
        };
    }
    let engine: Box<dyn Engine> = if big { state!(blake2b_simd::Params) } else { state!(blake2s_simd::Params) };
    let hash = Hash { name, block: if big { 128 } else { 64 }, size: size as usize, engine: RefCell::new(engine) };
    if let Some(data) = data {
        feed(vm, &hash, data)?;
    }
    Ok(vm.new_object(if big { &vm.types.blake2b } else { &vm.types.blake2s }, hash))
}
