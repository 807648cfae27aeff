//! `marshal`: plain values as bytes and back, in CPython's format (`Python/marshal.c`). Code objects are bytes that only this build reads.

use std::collections::HashMap;

use compile::stored;
use heap::{Dict, Float, Obj, Tuple};
use num_bigint::{BigInt, Sign};
use num_traits::Signed;

use super::ModuleSpec;
use crate::class::{Convention, Method};
use crate::objects::code::CodeObject;
use crate::objects::complex::Complex;
use crate::objects::leaf;
use crate::objects::set::set;
use crate::objects::slice::Slice;
use crate::{Args, PyResult, Vm};

/// The format of CPython 3.14, the first with slices.
const VERSION: i64 = 5;
/// How deep values may nest.
const MAX_DEPTH: usize = 2000;
/// The bit of a type's letter that says: this value is numbered, and may be referred to.
const NUMBERED: u8 = 0x80;

pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "marshal",
    functions: &[
        Method::new("dump", dump, Convention::Positional).signature("($module, value, file, version=version, /, *, allow_code=True)"),
        Method::new("dumps", dumps, Convention::Positional).signature("($module, value, version=version, /, *, allow_code=True)"),
        Method::new("load", load, Convention::Positional).signature("($module, file, /, *, allow_code=True)"),
        Method::new("loads", loads, Convention::Positional).signature("($module, bytes, /, *, allow_code=True)"),
    ],
    init: |vm, module| {
        vm.dict_set_str(&vm.module_dict(module), "version", vm.int(VERSION));
        Ok(())
    },
};

fn dumps(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "dumps", 1, 2)?;
    written(vm, &args[0], args.get(1)).map(|bytes| vm.bytes(&bytes))
}

fn dump(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "dump", 2, 3)?;
    let bytes = written(vm, &args[0], args.get(2))?;
    vm.call_method(&args[1], "write", &[vm.bytes(&bytes)])
}

fn written(vm: &Vm, value: &Obj, version: Option<&Obj>) -> PyResult<Vec<u8>> {
    let version = version.map_or(Ok(VERSION), |version| vm.index_isize(version).map(|version| version as i64))?;
    let mut writer = Writer { vm, version, out: Vec::new(), numbers: HashMap::new(), depth: 0 };
    writer.value(value, 0)?;
    Ok(writer.out)
}

fn loads(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "loads", 1, 1)?;
    let bytes = vm.need_bytes(&args[0])?;
    Reader { vm, rest: &bytes, numbered: Vec::new(), depth: 0 }.required()
}

fn load(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "load", 1, 1)?;
    let bytes = vm.need_bytes(&vm.call_method(&args[0], "read", &[])?)?;
    let mut reader = Reader { vm, rest: &bytes, numbered: Vec::new(), depth: 0 };
    let value = reader.required()?;
    // The file stands behind the value, as if only that had been read.
    let unread = vm.int(-(reader.rest.len() as i64));
    if !reader.rest.is_empty() {
        vm.call_method(&args[0], "seek", &[unread, vm.int(1)])?;
    }
    Ok(value)
}

struct Writer<'a> {
    vm: &'a Vm,
    version: i64,
    out: Vec<u8>,
    /// The numbers of values that have been written and may be met again.
    numbers: HashMap<u64, u32>,
    depth: usize,
}

impl Writer<'_> {
    fn size(&mut self, size: usize) -> PyResult<()> {
        let size = i32::try_from(size).map_err(|_| self.vm.value_error("unmarshallable object"))?;
        self.out.extend(size.to_le_bytes());
        Ok(())
    }

    /// Writes a value of which the writer itself holds so many references.
    fn value(&mut self, value: &Obj, held: u32) -> PyResult<()> {
        let (vm, consts) = (self.vm, &self.vm.consts);
        let letter = match () {
            () if value.is(&consts.none) => b'N',
            () if value.is(&consts.ellipsis) => b'.',
            () if value.is(&vm.types.stop_iteration) => b'S',
            () if value.is(&vm.bool(true)) => b'T',
            () if value.is(&vm.bool(false)) => b'F',
            () => {
                self.depth += 1;
                if self.depth > MAX_DEPTH {
                    return Err(vm.value_error("object too deeply nested to marshal"));
                }
                let written = self.compound(value, held);
                self.depth -= 1;
                return written;
            }
        };
        self.out.push(letter);
        Ok(())
    }

    /// The mark of a value that may be met again, or nothing if it has been met and a reference is written.
    fn mark(&mut self, value: &Obj, held: u32) -> Option<u8> {
        let interned = leaf::text(value).is_some() && self.vm.is_interned(value);
        if self.version < 3 || (value.refcount() == 1 + held && !interned) {
            return Some(0);
        }
        if let Some(number) = self.numbers.get(&value.id()) {
            self.out.push(b'r');
            self.out.extend(number.to_le_bytes());
            return None;
        }
        let next = self.numbers.len() as u32;
        self.numbers.insert(value.id(), next);
        Some(NUMBERED)
    }

    fn compound(&mut self, value: &Obj, held: u32) -> PyResult<()> {
        let vm = self.vm;
        let Some(mark) = self.mark(value, held) else { return Ok(()) };
        let class = vm.class_of(value);
        let types = &vm.types;
        if class.is(&types.int) {
            self.int(value, mark);
        } else if let Some(float) = value.get::<Float>().filter(|_| class.is(&types.float)) {
            self.out.push(b'g' | mark);
            self.out.extend(float.0.to_le_bytes());
        } else if let Some(complex) = value.get::<Complex>().filter(|_| class.is(&types.complex)) {
            self.out.push(b'y' | mark);
            self.out.extend(complex.real.to_le_bytes());
            self.out.extend(complex.imag.to_le_bytes());
        } else if let Some(text) = leaf::text(value).filter(|_| class.is(&types.str)) {
            self.text(value, text, mark)?;
        } else if class.is(&types.tuple) {
            let items = value.get::<Tuple>().map(Tuple::items).unwrap_or_default();
            match u8::try_from(items.len()) {
                Ok(short) if self.version >= 4 => self.out.extend([b')' | mark, short]),
                _ => {
                    self.out.push(b'(' | mark);
                    self.size(items.len())?;
                }
            }
            items.iter().try_for_each(|item| self.value(item, 0))?;
        } else if class.is(&types.list) {
            let items = vm.to_vec(value)?;
            self.out.push(b'[' | mark);
            self.size(items.len())?;
            items.iter().try_for_each(|item| self.value(item, 1))?;
        } else if value.get::<Dict>().is_some() && class.is(&types.dict) {
            self.out.push(b'{' | mark);
            for (key, item) in vm.dict_items(value) {
                self.value(&key, 1)?;
                self.value(&item, 1)?;
            }
            self.out.push(b'0');
        } else if class.is(&types.set) || class.is(&types.frozenset) {
            self.set(value, if class.is(&types.set) { b'<' } else { b'>' } | mark)?;
        } else if let Some(slice) = value.get::<Slice>() {
            if self.version < 5 {
                return Err(vm.value_error("unmarshallable object"));
            }
            self.out.push(b':' | mark);
            for part in [&slice.start, &slice.stop, &slice.step] {
                self.value(&part.get().unwrap_or_else(|| vm.none()), 1)?;
            }
        } else if let Some(code) = value.get::<CodeObject>() {
            let bytes = stored::to_bytes(&code.code);
            self.out.push(b'c' | mark);
            self.out.extend(heap::hash::hash_bytes(&bytes).to_le_bytes());
            self.size(bytes.len())?;
            self.out.extend(bytes);
        } else if let Some(bytes) = vm.bytes_like(value) {
            self.out.push(b's' | mark);
            self.size(bytes.len())?;
            self.out.extend(bytes);
        } else {
            return Err(vm.value_error("unmarshallable object"));
        }
        Ok(())
    }

    fn int(&mut self, value: &Obj, mark: u8) {
        if let Some(small) = self.vm.int_value(value).and_then(|value| i32::try_from(value).ok()) {
            self.out.push(b'i' | mark);
            self.out.extend(small.to_le_bytes());
            return;
        }
        let big = self.vm.big_value(value).unwrap_or_default();
        // Digits of 15 bits; their number has the sign.
        let bits = big.magnitude().to_u32_digits();
        let count = big.magnitude().bits().div_ceil(15) as usize;
        let digit = |i: usize| {
            (0..15).map(|bit| i * 15 + bit).fold(0u16, |digit, at| {
                let set = bits.get(at / 32).is_some_and(|word| word >> (at % 32) & 1 == 1);
                digit | u16::from(set) << (at - i * 15)
            })
        };
        self.out.push(b'l' | mark);
        let signed = if big.is_negative() { -(count as i32) } else { count as i32 };
        self.out.extend(signed.to_le_bytes());
        self.out.extend((0..count).flat_map(|i| digit(i).to_le_bytes()));
    }

    fn text(&mut self, value: &Obj, text: &[u8], mark: u8) -> PyResult<()> {
        let interned = self.version >= 1 && self.vm.is_interned(value);
        if self.version >= 4 && text.is_ascii() {
            if let Ok(short) = u8::try_from(text.len()) {
                self.out.extend([if interned { b'Z' } else { b'z' } | mark, short]);
            } else {
                self.out.push(if interned { b'A' } else { b'a' } | mark);
                self.size(text.len())?;
            }
        } else {
            self.out.push(if interned { b't' } else { b'u' } | mark);
            self.size(text.len())?;
        }
        self.out.extend_from_slice(text);
        Ok(())
    }

    /// A set's items in the order of their bytes, so that equal sets give equal bytes.
    fn set(&mut self, value: &Obj, letter: u8) -> PyResult<()> {
        let vm = self.vm;
        let version = vm.int(self.version);
        let items = set(value).to_vec().into_iter();
        let mut pairs = items.map(|item| Ok((written(vm, &item, Some(&version))?, item))).collect::<PyResult<Vec<_>>>()?;
        pairs.sort_by(|a, b| a.0.cmp(&b.0));
        self.out.push(letter);
        self.size(pairs.len())?;
        pairs.iter().try_for_each(|(_, item)| self.value(item, 1))
    }
}

struct Reader<'a> {
    vm: &'a Vm,
    rest: &'a [u8],
    /// The values that may be referred to; nothing stands for one that is being read.
    numbered: Vec<Option<Obj>>,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, len: usize) -> PyResult<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(len).ok_or_else(|| self.end("marshal data too short"))?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> PyResult<[u8; N]> {
        self.take(N).map(|bytes| bytes.try_into().expect("as many bytes as asked for"))
    }

    fn long(&mut self) -> PyResult<i32> {
        self.array().map(i32::from_le_bytes)
    }

    fn size(&mut self) -> PyResult<usize> {
        let size = self.long()?;
        usize::try_from(size).map_err(|_| self.bad("size out of range"))
    }

    fn end(&self, what: &str) -> crate::Raised {
        self.vm.new_exception(&self.vm.types.eof_error, vec![self.vm.str(what)])
    }

    fn bad(&self, what: &str) -> crate::Raised {
        self.vm.value_error(format!("bad marshal data ({what})"))
    }

    fn required(&mut self) -> PyResult {
        self.value()?.ok_or_else(|| self.vm.type_error("NULL object in marshal data for object"))
    }

    fn items(&mut self, count: usize) -> PyResult<Vec<Obj>> {
        (0..count).map(|_| self.required()).collect()
    }

    fn value(&mut self) -> PyResult<Option<Obj>> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.vm.value_error("recursion limit exceeded"));
        }
        let read = self.value_at_depth();
        self.depth -= 1;
        read
    }

    fn value_at_depth(&mut self) -> PyResult<Option<Obj>> {
        let vm = self.vm;
        let Ok([letter]) = self.array() else { return Err(self.end("EOF read where object expected")) };
        let numbered = letter & NUMBERED != 0;
        let place = self.numbered.len();
        let letter = letter & !NUMBERED;
        if numbered {
            self.numbered.push(None);
        }
        let value = match letter {
            b'0' => return Ok(None),
            b'N' => vm.none(),
            b'.' => vm.consts.ellipsis.clone(),
            b'S' => vm.types.stop_iteration.clone(),
            b'T' => vm.bool(true),
            b'F' => vm.bool(false),
            b'i' => vm.int(self.long()?.into()),
            b'I' => vm.int(i64::from_le_bytes(self.array()?)),
            b'l' => self.int()?,
            b'g' => vm.float(f64::from_le_bytes(self.array()?)),
            b'y' => {
                let real = f64::from_le_bytes(self.array()?);
                vm.complex(real, f64::from_le_bytes(self.array()?))
            }
            b's' => {
                let size = self.size()?;
                vm.bytes(self.take(size)?)
            }
            b'z' | b'Z' => {
                let [size] = self.array()?;
                self.text(usize::from(size), letter == b'Z')?
            }
            b'a' | b'A' | b'u' | b't' => {
                let size = self.size()?;
                self.text(size, matches!(letter, b'A' | b't'))?
            }
            b')' => {
                let [count] = self.array()?;
                vm.tuple(self.items(count.into())?)
            }
            b'(' => {
                let count = self.size()?;
                vm.tuple(self.items(count)?)
            }
            b'[' => {
                let count = self.size()?;
                let list = vm.list(Vec::new());
                self.keep(numbered, place, &list);
                for _ in 0..count {
                    vm.list_append(&list, self.required()?)?;
                }
                list
            }
            b'{' => {
                let dict = vm.dict();
                self.keep(numbered, place, &dict);
                while let Some(key) = self.value()? {
                    vm.dict_set(&dict, &key, self.required()?)?;
                }
                dict
            }
            b'<' => {
                let (count, set) = (self.size()?, vm.set());
                self.keep(numbered, place, &set);
                for _ in 0..count {
                    vm.set_add(&set, &self.required()?)?;
                }
                set
            }
            b'>' => {
                let count = self.size()?;
                vm.frozenset_from(&vm.list(self.items(count)?))?
            }
            b':' => {
                let (start, stop, step) = (self.required()?, self.required()?, self.required()?);
                vm.slice(start, stop, step)
            }
            b'c' => {
                let (hash, size) = (i64::from_le_bytes(self.array()?), self.size()?);
                let bytes = self.take(size)?;
                let code = Some(bytes).filter(|bytes| heap::hash::hash_bytes(bytes) == hash).and_then(stored::from_bytes);
                vm.load_code(&code.ok_or_else(|| self.bad("code of another interpreter"))?)
            }
            b'r' => {
                let number = self.size()?;
                let known = self.numbered.get(number).and_then(Clone::clone);
                known.ok_or_else(|| self.bad("invalid reference"))?
            }
            _ => return Err(self.bad("unknown type code")),
        };
        self.keep(numbered, place, &value);
        Ok(Some(value))
    }

    fn keep(&mut self, numbered: bool, place: usize, value: &Obj) {
        if numbered {
            self.numbered[place] = Some(value.clone());
        }
    }

    fn int(&mut self) -> PyResult {
        let count = self.long()?;
        let mut bits = vec![0u32; (count.unsigned_abs() as usize).min(self.rest.len()) * 15 / 32 + 1];
        for i in 0..count.unsigned_abs() as usize {
            let digit = u16::from_le_bytes(self.array()?);
            if digit >= 1 << 15 {
                return Err(self.bad("digit out of range in long"));
            }
            for bit in (0..15).filter(|bit| digit >> bit & 1 == 1) {
                bits[(i * 15 + bit) / 32] |= 1 << ((i * 15 + bit) % 32);
            }
        }
        let sign = if count < 0 { Sign::Minus } else { Sign::Plus };
        Ok(self.vm.big_int(BigInt::from_slice(sign, &bits)))
    }

    fn text(&mut self, size: usize, interned: bool) -> PyResult {
        let text = self.vm.str_from_bytes(self.take(size)?);
        Ok(if interned { self.vm.intern_name(&text) } else { text })
    }
}
