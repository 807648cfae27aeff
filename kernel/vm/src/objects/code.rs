//! `code`: compiled code as an object, with the copy of its instructions that the machine may rewrite.
//!
//! Invariant: `instrs` never moves, and differs from the compiler's stream only in specialised forms and in what stands beside an
//! instruction (a counter, the number of its cache). Follows `Objects/codeobject.c`.

#![expect(unsafe_code, reason = "frames point into the instructions, which are rewritten while they run")]

use std::cell::{Cell, OnceCell, RefCell, UnsafeCell};
use std::rc::Rc;

use compile::code::{CO_FAST_CELL, CO_FAST_FREE, CO_FAST_LOCAL, CO_OPTIMIZED, CO_VARARGS, CO_VARKEYWORDS};
use compile::{Code, Const, Op, PyStr, Version};
use heap::{Obj, Payload, Slot, Str, Tuple, Visit};
use rustc_hash::FxHashMap;

use crate::class::{Binding, ClassSpec, Convention, GetSet, Method};
use crate::quick::Quick;
use crate::{Args, PyResult, Vm, kinds};

/// One instruction as it runs.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Instr {
    pub(crate) op: Quick,
    /// How often it runs before the machine looks whether a special form fits.
    pub(crate) counter: u8,
    /// Its inline cache, if it has one.
    pub(crate) cache: u16,
    /// The compiler's, but for jumps: how many instructions their target is further on than the instruction behind them.
    pub(crate) arg: u32,
}

impl Instr {
    /// Counts down; true when it is time to look for a special form.
    ///
    /// # Safety
    /// `here` is an instruction of running code, and is not looked at meanwhile.
    #[inline(always)]
    pub(crate) unsafe fn is_warm(here: *mut Instr) -> bool {
        // SAFETY: the caller's word.
        let counter = unsafe { &mut (*here).counter };
        *counter = counter.saturating_sub(1);
        *counter == 0
    }

    /// Whether a `CALL_KW` of 3.14 looks, after a native call, for what waits: only its special form for natives does
    /// (`CALL_KW_NON_PY` in `Python/bytecodes.c`), which it takes in its second run if it finds no function there. It stays what it is then.
    ///
    /// # Safety
    /// As [`Instr::is_warm`].
    pub(crate) unsafe fn checks_after_native(here: *mut Instr, is_function: bool) -> bool {
        const FOR_FUNCTIONS: u8 = u8::MAX;
        // SAFETY: the caller's word.
        let counter = unsafe { &mut (*here).counter };
        *counter = match *counter {
            1 if is_function => FOR_FUNCTIONS,
            0 | FOR_FUNCTIONS => *counter,
            more => more - 1,
        };
        *counter == 0
    }

    /// A special form does not fit: the plain one takes its place, and waits before it looks again.
    ///
    /// # Safety
    /// As [`Instr::is_warm`].
    #[inline(always)]
    pub(crate) unsafe fn give_way(here: *mut Instr, plain: Quick) {
        // SAFETY: the caller's word.
        unsafe { ((*here).op, (*here).counter) = (plain, crate::quick::BACKOFF) };
    }
}

/// What a specialised instruction remembers.
#[derive(Clone, Copy, Default)]
pub(crate) struct Cache {
    /// A class's or function's version, or a dict's.
    pub(crate) version: u64,
    /// A second version, or a place.
    pub(crate) index: u64,
    /// An object kept alive by what has that version, or a native function.
    pub(crate) word: usize,
}

/// The payload of a code object.
pub struct CodeObject {
    /// What the compiler made.
    pub code: Rc<Code>,
    pub(crate) consts: Obj,
    pub(crate) names: Obj,
    /// The names of the places: locals, cells, free variables.
    pub(crate) places: Obj,
    /// Those of each kind, once somebody has asked: locals, cells, free variables (`_co_cached`).
    names_by_kind: [Slot; 3],
    pub(crate) name: Obj,
    pub(crate) qualname: Obj,
    pub(crate) filename: Obj,
    instrs: UnsafeCell<Box<[Instr]>>,
    caches: UnsafeCell<Box<[Cache]>>,
    /// Locals, cells and free variables.
    pub(crate) n_locals: usize,
    /// All places of a frame.
    pub(crate) n_places: usize,
    /// Positional parameters only, so that arguments go straight into the places; not up to 3.10, where frames are counted on the way.
    pub(crate) simple: bool,
    /// Whether it keeps a frame for its next call, as up to 3.10 (`co_zombieframe`).
    pub(crate) keeps_frame: Cell<bool>,
    /// The first `RESUME`.
    pub(crate) first_traceable: usize,
    /// How many bytes `co_code` has, once somebody has asked for the object's size.
    code_len: OnceCell<usize>,
    /// The instructions at which lines begin, once somebody has traced the code.
    line_starts: OnceCell<Box<[bool]>>,
    /// Where CPython has the instructions, once somebody has asked.
    offsets: OnceCell<compile::tables::Offsets>,
    /// What tools of `sys.monitoring` want of this code alone.
    pub(crate) monitored: RefCell<Option<Box<crate::monitoring::LocalEvents>>>,
}

impl Payload for CodeObject {
    const KIND: heap::Kind = kinds::CODE;
    const LEAF: bool = true;
    fn traverse(&self, _: Visit<'_>) {}
    fn clear(&self, _: &mut heap::Trash<'_>) {}
}

impl CodeObject {
    /// Where CPython has the instructions.
    pub(crate) fn offsets(&self) -> &compile::tables::Offsets {
        self.offsets.get_or_init(|| self.code.offsets())
    }

    /// The first instruction.
    #[inline(always)]
    pub(crate) fn instrs(&self) -> *mut Instr {
        // SAFETY: only the pointer is read.
        unsafe { (*self.instrs.get()).as_mut_ptr() }
    }

    #[inline(always)]
    pub(crate) fn caches(&self) -> *mut Cache {
        // SAFETY: only the pointer is read.
        unsafe { (*self.caches.get()).as_mut_ptr() }
    }

    #[inline(always)]
    pub(crate) fn const_items(&self) -> *const Obj {
        // SAFETY: it is a tuple.
        unsafe { self.consts.payload_unchecked::<Tuple>() }.items().as_ptr()
    }

    #[inline(always)]
    pub(crate) fn name_items(&self) -> *const Obj {
        // SAFETY: it is a tuple.
        unsafe { self.names.payload_unchecked::<Tuple>() }.items().as_ptr()
    }

    /// The name of a place.
    pub(crate) fn place_name(&self, index: usize) -> &Obj {
        // SAFETY: it is a tuple.
        &unsafe { self.places.payload_unchecked::<Tuple>() }.items()[index]
    }

    pub(crate) fn has_flag(&self, flag: u32) -> bool {
        self.code.flags & flag != 0
    }

    /// Whether a line begins with the instruction, for those who trace.
    pub(crate) fn starts_line(&self, index: usize) -> bool {
        self.line_starts.get_or_init(|| crate::tracing::line_starts(self))[index]
    }

    /// The line of an instruction; instructions without one have none.
    pub(crate) fn line_of(&self, index: usize) -> Option<i32> {
        self.code.locations.get(index).map(|location| location.line).filter(|&line| line >= 0)
    }
}

/// `all_name_chars`: constants that look like identifiers are interned.
fn looks_like_name(text: &PyStr) -> bool {
    text.as_bytes().iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

/// How far an instruction is from the one behind the jump at `index`, as a signed number in the bits of an argument.
fn distance(index: usize, target: u32) -> u32 {
    target.wrapping_sub(index as u32 + 1)
}

impl Vm {
    /// The code object of compiled code. Equal constants of everything compiled together are one object, as in CPython.
    pub fn load_code(&self, code: &Rc<Code>) -> Obj {
        self.load_code_shared(code, &mut FxHashMap::default())
    }

    fn load_code_shared(&self, code: &Rc<Code>, known: &mut FxHashMap<Const, Obj>) -> Obj {
        let consts = code.consts.iter().map(|value| self.load_const(value, known)).collect();
        let names = code.names.iter().map(|name| self.intern(name)).collect();
        let places = code.localsplus.iter().map(|(name, _)| self.intern(name)).collect();
        let (consts, names, places) = (self.tuple_of(consts), self.tuple(names), self.tuple(places));
        let (name, qualname, filename) = (self.intern(&code.name), self.intern(&code.qualname), self.intern(&code.filename));
        self.new_code(code.clone(), consts, names, places, name, qualname, filename)
    }

    #[expect(clippy::too_many_arguments, reason = "the objects of a code object, once")]
    fn new_code(&self, code: Rc<Code>, consts: Obj, names: Obj, places: Obj, name: Obj, qualname: Obj, filename: Obj) -> Obj {
        let mut n_caches = 0usize;
        let instrs: Box<[Instr]> = code
            .instrs
            .iter()
            .enumerate()
            .map(|(index, instr)| {
                let immortal =
                    |arg: u32| consts.get::<Tuple>().and_then(|consts| consts.items().get(arg as usize)).is_some_and(Obj::is_immortal);
                let op = if instr.op == Op::LoadConst && immortal(instr.arg) { Quick::LoadConstImmortal } else { Quick::from_op(instr.op) };
                // An instruction without room for a cache is never specialised.
                let cache = if !op.has_cache() {
                    0
                } else if n_caches < u16::MAX as usize {
                    n_caches += 1;
                    (n_caches - 1) as u16
                } else {
                    u16::MAX
                };
                let arg = match instr.op {
                    // A finished `for` goes on behind its END_FOR.
                    Op::ForIter => distance(index, instr.arg + 1),
                    op if op.is_jump() => distance(index, instr.arg),
                    _ => instr.arg,
                };
                Instr { op, counter: if cache == u16::MAX { 0 } else { crate::quick::WARMUP }, cache, arg }
            })
            .collect();
        let n_locals = code.localsplus.len();
        let payload = CodeObject {
            n_locals,
            names_by_kind: Default::default(),
            // A generator's handler of StopIteration, which versions up to 3.11 did not count, needs two places.
            n_places: n_locals + code.stacksize.max(2) as usize + 1,
            keeps_frame: Cell::new(false),
            simple: self.version > Version::V3_10
                && code.flags & (CO_OPTIMIZED | CO_VARARGS | CO_VARKEYWORDS) == CO_OPTIMIZED
                && code.kwonlyargcount == 0,
            code_len: OnceCell::new(),
            line_starts: OnceCell::new(),
            offsets: OnceCell::new(),
            monitored: RefCell::default(),
            first_traceable: code.instrs.iter().position(|instr| instr.op == Op::Resume).unwrap_or(0),
            caches: UnsafeCell::new(vec![Cache::default(); n_caches].into()),
            instrs: UnsafeCell::new(instrs),
            code,
            consts,
            names,
            places,
            name,
            qualname,
            filename,
        };
        self.heap.alloc(payload)
    }

    pub(crate) fn load_const(&self, value: &Const, known: &mut FxHashMap<Const, Obj>) -> Obj {
        match value {
            Const::None => return self.none(),
            Const::True => return self.bool(true),
            Const::False => return self.bool(false),
            Const::Ellipsis => return self.consts.ellipsis.clone(),
            Const::Int(small) if (-5..=256).contains(small) => return self.int(*small),
            Const::Code(code) => return self.load_code_shared(code, known),
            _ => {}
        }
        if let Some(found) = known.get(value) {
            return found.clone();
        }
        let made = match value {
            Const::Int(value) => self.int(*value),
            Const::BigInt(value) => self.big_int(value.clone()),
            Const::Float(value) => self.float(*value),
            Const::Complex(re, im) => self.complex(*re, *im),
            Const::Str(text) => match text.as_str() {
                // Interned, but mortal: only the names of a program are immortal.
                Some(str) if looks_like_name(text) => self.heap.intern(&self.str(str)),
                Some(str) => self.str(str),
                None => self.str_from_bytes(text.as_bytes()),
            },
            Const::Bytes(bytes) => self.bytes(bytes),
            Const::Tuple(items) if items.is_empty() => self.consts.empty_tuple.clone(),
            // The compiler folds them with `PyTuple_New`, which tracks whatever the items are.
            Const::Tuple(items) => {
                let items: Vec<Obj> = items.iter().map(|item| self.load_const(item, known)).collect();
                if self.state.reads_code.get() { self.tuple_of(items) } else { self.tuple(items) }
            }
            Const::FrozenSet(items) => self.frozenset_of(items.iter().map(|item| self.load_const(item, known)).collect()),
            Const::Slice(parts) => {
                let [start, stop, step] = &**parts;
                self.slice(self.load_const(start, known), self.load_const(stop, known), self.load_const(step, known))
            }
            _ => unreachable!("the other constants were handled above"),
        };
        known.insert(value.clone(), made.clone());
        made
    }

    /// The payload of a code object.
    ///
    /// Panics if it is something else.
    pub fn code<'a>(&self, obj: &'a Obj) -> &'a CodeObject {
        obj.get::<CodeObject>().expect("a code object has the payload of one")
    }
}

/// `code`.
pub static CODE: ClassSpec = ClassSpec {
    name: "code",
    base: Some(&crate::objects::object::OBJECT),
    kind: kinds::CODE,
    flags: 0,
    slots: |slots| {
        slots.repr.set(Some(repr));
        slots.hash.set(Some(hash));
        slots.richcompare.set(Some(compare));
    },
    methods: &[
        Method::new("replace", replace, Convention::Keywords).signature("($self, /, **changes)"),
        Method::new("__replace__", replace, Convention::Keywords).signature("($self, /, **changes)"),
        Method::new("co_lines", co_lines, Convention::NoArgs).signature("($self, /)"),
        Method::new("co_positions", co_positions, Convention::NoArgs).signature("($self, /)"),
        Method::new("co_branches", co_branches, Convention::NoArgs).signature("($self, /)"),
        Method::new("_varname_from_oparg", varname_from_oparg, Convention::One).signature("($self, /, oparg)"),
        Method {
            name: "__sizeof__",
            call: sizeof,
            convention: Convention::NoArgs,
            binding: Binding::Instance,
            signature: "($self, /)",
            varargs: false,
        },
    ],
    getset: &[
        GetSet::member("co_argcount", |vm, code| Ok(vm.int(vm.code(code).code.argcount.into()))),
        GetSet::member("co_posonlyargcount", |vm, code| Ok(vm.int(vm.code(code).code.posonlyargcount.into()))),
        GetSet::member("co_kwonlyargcount", |vm, code| Ok(vm.int(vm.code(code).code.kwonlyargcount.into()))),
        GetSet::member("co_stacksize", |vm, code| Ok(vm.int(vm.code(code).code.stacksize.into()))),
        GetSet::member("co_flags", |vm, code| Ok(vm.int(vm.code(code).code.flags.into()))),
        GetSet::member("co_names", |vm, code| Ok(vm.code(code).names.clone())),
        GetSet::member("co_filename", |vm, code| Ok(vm.code(code).filename.clone())),
        GetSet::member("co_name", |vm, code| Ok(vm.code(code).name.clone())),
        GetSet::member("co_qualname", |vm, code| Ok(vm.code(code).qualname.clone())),
        GetSet::member("co_firstlineno", |vm, code| Ok(vm.int(vm.code(code).code.first_line.into()))),
        GetSet::member("co_consts", |vm, code| Ok(vm.code(code).consts.clone())),
        GetSet::new("co_nlocals", |vm, code| Ok(vm.int(vm.code(code).code.nlocals.into()))),
        GetSet::new("co_varnames", |vm, code| Ok(names_of(vm, code, CO_FAST_LOCAL))),
        GetSet::new("co_cellvars", |vm, code| Ok(names_of(vm, code, CO_FAST_CELL))),
        GetSet::new("co_freevars", |vm, code| Ok(names_of(vm, code, CO_FAST_FREE))),
        GetSet::new("co_code", |vm, code| Ok(vm.bytes(&vm.code(code).code.co_code()))),
        GetSet::new("_co_code_adaptive", |vm, code| Ok(vm.bytes(&vm.code(code).code.co_code()))),
        GetSet::member("co_linetable", |vm, code| Ok(vm.bytes(&vm.code(code).code.co_linetable()))),
        GetSet::member("co_exceptiontable", |vm, code| Ok(vm.bytes(&vm.code(code).code.co_exceptiontable()))),
    ],
    basicsize: 208,
    itemsize: 1,
    doc: "code(argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize,\n     flags, codestring, constants, names, varnames, filename, name,\n     qualname, firstlineno, linetable, exceptiontable, freevars=(),\n     cellvars=(), /)\n--\n\n",
};

fn names_of(vm: &Vm, code: &Obj, kind: u8) -> Obj {
    let code = vm.code(code);
    let kept = &code.names_by_kind[(kind.ilog2() - CO_FAST_LOCAL.ilog2()) as usize];
    if let Some(names) = kept.get() {
        return names;
    }
    let names = code.code.localsplus.iter().enumerate().filter(|(_, (_, bits))| bits & kind != 0).map(|(i, _)| code.place_name(i).clone());
    let names = vm.tuple(names.collect());
    if vm.version != Version::V3_11 {
        kept.set(names.clone());
    }
    names
}

fn repr(vm: &Vm, code: &Obj) -> PyResult {
    let at = code.id();
    let code = &vm.code(code).code;
    let line = if code.first_line == 0 { -1 } else { code.first_line };
    Ok(vm.str(&format!("<code object {} at {at:#x}, file \"{}\", line {line}>", code.name, code.filename)))
}

fn hash(vm: &Vm, code: &Obj) -> PyResult<i64> {
    let code = vm.code(code);
    let mut hash = vm.hash(&code.name)?;
    for part in [&code.consts, &code.places] {
        hash = hash.wrapping_mul(1_000_003) ^ vm.hash(part)?;
    }
    hash = hash.wrapping_mul(1_000_003) ^ i64::from(code.code.first_line) ^ (code.code.instrs.len() as i64) << 16;
    Ok(if hash == -1 { -2 } else { hash })
}

fn compare(vm: &Vm, a: &Obj, b: &Obj, how: crate::Compare) -> PyResult {
    let (Some(a), Some(b)) = (a.get::<CodeObject>(), b.get::<CodeObject>()) else { return Ok(vm.not_implemented()) };
    let equal = Rc::ptr_eq(&a.code, &b.code) || {
        let (a, b) = (&*a.code, &*b.code);
        a == b
    };
    match how {
        crate::Compare::Eq => Ok(vm.bool(equal)),
        crate::Compare::Ne => Ok(vm.bool(!equal)),
        _ => Ok(vm.not_implemented()),
    }
}

fn sizeof(vm: &Vm, code: &Obj, _: Args<'_>) -> PyResult {
    let base = vm.class(&vm.types.code).basicsize.get();
    if vm.version <= Version::V3_10 {
        // The instructions are bytes of their own.
        return Ok(vm.int(base as i64));
    }
    let code = vm.code(code);
    let instructions = *code.code_len.get_or_init(|| code.code.co_code_len());
    Ok(vm.int((base + instructions).next_multiple_of(8) as i64))
}

fn varname_from_oparg(vm: &Vm, code: &Obj, args: Args<'_>) -> PyResult {
    let index = vm.index_isize(&args.pos()[0])?;
    let code = vm.code(code);
    match usize::try_from(index).ok().filter(|&i| i < code.n_locals) {
        Some(i) => Ok(code.place_name(i).clone()),
        None => Err(vm.index_error("tuple index out of range")),
    }
}

fn co_lines(vm: &Vm, code: &Obj, _: Args<'_>) -> PyResult {
    let code = &vm.code(code).code;
    let offsets = code.offsets();
    let mut rows: Vec<(u32, u32, i32)> = Vec::new();
    for (i, location) in code.locations.iter().enumerate() {
        let (start, end) = (offsets.starts[i] * 2, offsets.starts[i + 1] * 2);
        match rows.last_mut() {
            Some((_, last, line)) if *line == location.line => *last = end,
            _ => rows.push((start, end, location.line)),
        }
    }
    let rows = rows.into_iter().map(|(start, end, line)| {
        let line = if line < 0 { vm.none() } else { vm.int(line.into()) };
        vm.tuple(vec![vm.int(start.into()), vm.int(end.into()), line])
    });
    vm.iter(&vm.list(rows.collect()))
}

fn co_positions(vm: &Vm, code: &Obj, _: Args<'_>) -> PyResult {
    let code = &vm.code(code).code;
    let number = |n: i32| if n < 0 { vm.none() } else { vm.int(n.into()) };
    // 3.10 knew lines only. Its library does not ask, but 3.14's does.
    let column = |n: i32| number(if vm.version < Version::V3_11 { -1 } else { n });
    let offsets = code.offsets();
    let mut rows = Vec::new();
    for (i, at) in code.locations.iter().enumerate() {
        for _ in offsets.starts[i]..offsets.starts[i + 1] {
            rows.push(vm.tuple(vec![number(at.line), number(at.end_line), column(at.col), column(at.end_col)]));
        }
    }
    vm.iter(&vm.list(rows))
}

fn co_branches(vm: &Vm, code: &Obj, _: Args<'_>) -> PyResult {
    let code = &vm.code(code).code;
    let starts = code.offsets().starts;
    let mut rows = Vec::new();
    for (i, instr) in code.instrs.iter().enumerate() {
        if instr.op.is_conditional_jump() || instr.op == Op::ForIter {
            // What marks the way taken is passed over: NOT_TAKEN, and at the end of a loop END_FOR and POP_ITER.
            let next = i + 1 + usize::from(code.instrs.get(i + 1).is_some_and(|next| next.op == Op::NotTaken));
            let to = instr.arg as usize + if instr.op == Op::ForIter { 2 } else { 0 };
            let (from, next, to) = (starts[i], starts[next], starts[to]);
            rows.push(vm.tuple([from, next, to].map(|n| vm.int(i64::from(n) * 2)).into()));
        } else if instr.op == Op::EndAsyncFor {
            // The item of an `async for` is there at END_SEND, behind which NOT_TAKEN stands.
            let decides = instr.arg as usize;
            rows.push(vm.tuple([starts[decides], starts[decides + 2], starts[i + 1]].map(|n| vm.int(i64::from(n) * 2)).into()));
        }
    }
    vm.iter(&vm.list(rows))
}

/// `code.replace(**changes)`: what can be changed without new instructions.
fn replace(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
    if !args.pos().is_empty() {
        return Err(vm.type_error(format!("replace() takes no positional arguments ({} given)", args.pos().len())));
    }
    let old = vm.code(obj);
    let mut code = (*old.code).clone();
    let (mut consts, mut names, mut name, mut qualname, mut filename) =
        (old.consts.clone(), old.names.clone(), old.name.clone(), old.qualname.clone(), old.filename.clone());
    let text = |value: &Obj, what: &str| -> PyResult<Rc<str>> {
        match value.get::<Str>() {
            Some(_) => Ok(vm.lossy(value).into()),
            None => Err(vm.type_error(format!("replace() argument '{what}' must be str, not {}", vm.type_name(value)))),
        }
    };
    let tuple = |value: &Obj, what: &str| -> PyResult {
        match value.get::<Tuple>() {
            Some(_) => Ok(value.clone()),
            None => Err(vm.type_error(format!("replace() argument '{what}' must be tuple, not {}", vm.type_name(value)))),
        }
    };
    for (key, value) in args.keywords() {
        let key = vm.lossy(key);
        match &*key {
            "co_name" => (code.name, name) = (text(value, &key)?, value.clone()),
            "co_qualname" => (code.qualname, qualname) = (text(value, &key)?, value.clone()),
            "co_filename" => (code.filename, filename) = (text(value, &key)?, value.clone()),
            "co_consts" => consts = tuple(value, &key)?,
            "co_names" => names = tuple(value, &key)?,
            "co_flags" => code.flags = vm.index_isize(value)? as u32,
            "co_firstlineno" => code.first_line = vm.index_isize(value)? as i32,
            "co_stacksize" => code.stacksize = code.stacksize.max(vm.index_isize(value)? as u32),
            "co_argcount" | "co_posonlyargcount" | "co_kwonlyargcount" | "co_nlocals" | "co_varnames" | "co_freevars" | "co_cellvars"
            | "co_code" | "co_exceptiontable" => {}
            "co_linetable" => code.set_linetable(&vm.need_bytes(value)?),
            _ => return Err(vm.type_error(format!("replace() got an unexpected keyword argument '{key}'"))),
        }
    }
    // The constants behind the compiler's own numbering are what the objects say from now on.
    // Since 3.11 names of places are put together anew, from those of each kind.
    let places = if vm.version >= Version::V3_11 {
        [CO_FAST_LOCAL, CO_FAST_CELL, CO_FAST_FREE].into_iter().for_each(|kind| drop(names_of(vm, obj, kind)));
        vm.tuple(old.places.get::<Tuple>().map(Tuple::items).unwrap_or_default().to_vec())
    } else {
        old.places.clone()
    };
    Ok(vm.new_code(Rc::new(code), consts, names, places, name, qualname, filename))
}
