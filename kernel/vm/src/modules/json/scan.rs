//! `make_scanner`: from a text to objects.

use std::cell::Cell;

use heap::{Obj, Slot};

use super::{Doc, kind, signature};
use crate::class::{ClassSpec, GetSet, flags};
use crate::{Args, PyResult, Raised, Signature, Vm};

/// The payload of a scanner: what the decoder that made it says of hooks.
pub(super) struct Scanner {
    object_hook: Slot,
    object_pairs_hook: Slot,
    parse_float: Slot,
    parse_int: Slot,
    parse_constant: Slot,
    strict: Cell<bool>,
}

crate::payload!(Scanner, kind(112), { object_hook, object_pairs_hook, parse_float, parse_int, parse_constant });

pub(super) static SCANNER: ClassSpec = ClassSpec {
    name: "_json.Scanner",
    base: None,
    kind: kind(112),
    flags: flags::HAVE_GC | flags::HEAP_TYPE,
    slots: |s| {
        s.new.set(Some(new));
        s.call.set(Some(call));
    },
    methods: &[],
    getset: &[
        GetSet::member("strict", |vm, this| Ok(vm.bool(own(this).strict.get()))),
        GetSet::member("object_hook", |vm, this| Ok(vm.slot_or_none(&own(this).object_hook))),
        GetSet::member("object_pairs_hook", |vm, this| Ok(vm.slot_or_none(&own(this).object_pairs_hook))),
        GetSet::member("parse_float", |vm, this| Ok(vm.slot_or_none(&own(this).parse_float))),
        GetSet::member("parse_int", |vm, this| Ok(vm.slot_or_none(&own(this).parse_int))),
        GetSet::member("parse_constant", |vm, this| Ok(vm.slot_or_none(&own(this).parse_constant))),
    ],
    basicsize: 64,
    itemsize: 0,
    doc: "",
};

fn own(this: &Obj) -> &Scanner {
    this.get::<Scanner>().expect("a method of a scanner gets one")
}

fn new(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature = signature("make_scanner", &["context"]);
    let [Some(context)] = args.bind(vm, &SIGNATURE)? else { unreachable!("one argument is required") };
    let strict = vm.is_true(&vm.getattr_str(context, "strict")?)?;
    let hook = |name: &str| vm.getattr_str(context, name).map(Slot::new);
    let payload = Scanner {
        object_hook: hook("object_hook")?,
        object_pairs_hook: hook("object_pairs_hook")?,
        parse_float: hook("parse_float")?,
        parse_int: hook("parse_int")?,
        parse_constant: hook("parse_constant")?,
        strict: Cell::new(strict),
    };
    Ok(vm.new_object(class, payload))
}

fn call(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature = signature("scan_once", &["string", "idx"]);
    let [Some(text), Some(at)] = args.bind(vm, &SIGNATURE)? else { unreachable!("two arguments are required") };
    let doc = Doc::new(vm, text)?;
    let Ok(at) = usize::try_from(vm.index_isize(at)?) else { return Err(vm.value_error("idx cannot be negative")) };
    let scan = Scan { vm, doc, hooks: own(this), memo: vm.dict() };
    let (value, end) = scan.value(at)?;
    Ok(vm.pair(value, vm.int(end as i64)))
}

/// A text being read.
struct Scan<'a> {
    vm: &'a Vm,
    doc: Doc<'a>,
    hooks: &'a Scanner,
    /// The keys of objects, each once.
    memo: Obj,
}

impl Scan<'_> {
    /// There is no value here: `StopIteration` with the place.
    fn nothing(&self, at: usize) -> Raised {
        self.vm.stop_iteration(self.vm.int(at as i64))
    }

    fn hook(&self, slot: &Slot) -> Option<Obj> {
        slot.get().filter(|hook| !hook.is(&self.vm.consts.none))
    }

    /// `scan_once_unicode`.
    fn value(&self, at: usize) -> PyResult<(Obj, usize)> {
        let vm = self.vm;
        if at >= self.doc.len() {
            return Err(self.nothing(at));
        }
        match char::from_u32(self.doc.at(at)).unwrap_or('\0') {
            '"' => self.doc.string(vm, at + 1, self.hooks.strict.get()),
            '{' => vm.guarded(" while decoding a JSON object from a unicode string", || self.object(at + 1)),
            '[' => vm.guarded(" while decoding a JSON array from a unicode string", || self.array(at + 1)),
            'n' if self.doc.starts_with(at, "null") => Ok((vm.none(), at + 4)),
            't' if self.doc.starts_with(at, "true") => Ok((vm.bool(true), at + 4)),
            'f' if self.doc.starts_with(at, "false") => Ok((vm.bool(false), at + 5)),
            'N' if self.doc.starts_with(at, "NaN") => self.constant("NaN", at),
            'I' if self.doc.starts_with(at, "Infinity") => self.constant("Infinity", at),
            '-' if self.doc.starts_with(at, "-Infinity") => self.constant("-Infinity", at),
            _ => self.number(at),
        }
    }

    fn constant(&self, word: &str, at: usize) -> PyResult<(Obj, usize)> {
        let parse = self.vm.slot_or_none(&self.hooks.parse_constant);
        Ok((self.vm.call(&parse, &[self.vm.intern(word)])?, at + word.len()))
    }

    fn object(&self, begin: usize) -> PyResult<(Obj, usize)> {
        let (vm, doc) = (self.vm, &self.doc);
        let pairs_hook = self.hook(&self.hooks.object_pairs_hook);
        let (mut pairs, dict) = (Vec::new(), vm.dict());
        let mut at = doc.skip_space(begin);
        if !doc.is(at, '}') {
            loop {
                if !doc.is(at, '"') {
                    return Err(doc.error(vm, "Expecting property name enclosed in double quotes", at));
                }
                let (key, end) = doc.string(vm, at + 1, self.hooks.strict.get())?;
                let key = vm.dict_setdefault(&self.memo, &key, key.clone())?;
                at = doc.skip_space(end);
                if !doc.is(at, ':') {
                    return Err(doc.error(vm, "Expecting ':' delimiter", at));
                }
                let (value, end) = self.value(doc.skip_space(at + 1))?;
                match &pairs_hook {
                    Some(_) => pairs.push(vm.pair(key, value)),
                    None => vm.dict_set(&dict, &key, value)?,
                }
                at = doc.skip_space(end);
                if doc.is(at, '}') {
                    break;
                }
                if !doc.is(at, ',') {
                    return Err(doc.error(vm, "Expecting ',' delimiter", at));
                }
                let comma = at;
                at = doc.skip_space(at + 1);
                if doc.is(at, '}') {
                    return Err(doc.error(vm, "Illegal trailing comma before end of object", comma));
                }
            }
        }
        let made = match (pairs_hook, self.hook(&self.hooks.object_hook)) {
            (Some(hook), _) => vm.call(&hook, &[vm.list(pairs)])?,
            (None, Some(hook)) => vm.call(&hook, &[dict])?,
            (None, None) => dict,
        };
        Ok((made, at + 1))
    }

    fn array(&self, begin: usize) -> PyResult<(Obj, usize)> {
        let (vm, doc) = (self.vm, &self.doc);
        let list = vm.list(Vec::new());
        let mut at = doc.skip_space(begin);
        if !doc.is(at, ']') {
            loop {
                let (value, end) = self.value(at)?;
                vm.list_append(&list, value)?;
                at = doc.skip_space(end);
                if doc.is(at, ']') {
                    break;
                }
                if !doc.is(at, ',') {
                    return Err(doc.error(vm, "Expecting ',' delimiter", at));
                }
                let comma = at;
                at = doc.skip_space(at + 1);
                if doc.is(at, ']') {
                    return Err(doc.error(vm, "Illegal trailing comma before end of array", comma));
                }
            }
        }
        Ok((list, at + 1))
    }

    fn digits(&self, mut at: usize) -> usize {
        while (0x30..=0x39).contains(&self.doc.at(at)) && at < self.doc.len() {
            at += 1;
        }
        at
    }

    /// `_match_number_unicode`.
    fn number(&self, start: usize) -> PyResult<(Obj, usize)> {
        let (vm, doc) = (self.vm, &self.doc);
        let first = start + usize::from(doc.is(start, '-'));
        let mut end = if doc.is(first, '0') { first + 1 } else { self.digits(first) };
        if end == first {
            return Err(self.nothing(start));
        }
        let mut whole = true;
        if doc.is(end, '.') && self.digits(end + 1) > end + 1 {
            (whole, end) = (false, self.digits(end + 1));
        }
        if doc.is(end, 'e') || doc.is(end, 'E') {
            let sign = end + 1 + usize::from(doc.is(end + 1, '-') || doc.is(end + 1, '+'));
            if self.digits(sign) > sign {
                (whole, end) = (false, self.digits(sign));
            }
        }
        let text: String = (start..end).filter_map(|i| char::from_u32(doc.at(i))).collect();
        let (slot, class) = if whole { (&self.hooks.parse_int, &vm.types.int) } else { (&self.hooks.parse_float, &vm.types.float) };
        if slot.is(class) {
            if whole && let Ok(n) = text.parse::<i64>() {
                return Ok((vm.int(n), end));
            }
            if !whole && let Ok(x) = text.parse::<f64>() {
                return Ok((vm.float(x), end));
            }
        }
        Ok((vm.call(&vm.slot_or_none(slot), &[vm.str(&text)])?, end))
    }
}
