//! Calls: arguments become the places of a new frame, or are lent to a native function.
//!
//! Invariant: whatever stands on the stack for a call is moved into the frame or released, on errors too. Arguments of a Python function
//! are stolen from the stack (`initialize_locals` in `Python/ceval.c`), those of a native function are borrowed from it.

#![expect(unsafe_code, reason = "places on the stack are raw memory")]

use std::cell::Cell;
use std::marker::PhantomData;
use std::mem::{ManuallyDrop, MaybeUninit};
use std::ptr;

use compile::Version;
use compile::code::{CO_OPTIMIZED, CO_VARARGS, CO_VARKEYWORDS};
use heap::{Obj, Slot, StackRef, Str, Tuple};

use crate::frame::{ENTRY, Frame, Owner};
use crate::objects::code::CodeObject;
use crate::objects::function::Function;
use crate::protocol::Loaded;
use crate::{Args, Method, PyResult, Raised, Vm, kinds};

/// The bit of a place's word that says "borrowed".
const BORROWED: usize = 2;

/// Arguments on the stack, lent to a native function: their marks are off meanwhile.
struct Lent {
    at: *mut StackRef,
    n: usize,
    marks: u64,
}

impl Lent {
    /// # Safety
    /// `n` places from `at` on hold objects, and nobody else uses them until the end of the loan.
    #[inline(always)]
    unsafe fn new(at: *mut StackRef, n: usize) -> Lent {
        let mut marks = 0;
        for i in 0..n {
            // SAFETY: a place is a word: an object's address, and the mark.
            unsafe {
                let word = at.add(i).cast::<usize>();
                if *word & BORROWED != 0 {
                    if i < 64 {
                        marks |= 1 << i;
                        *word &= !BORROWED;
                    } else {
                        let owned = at.add(i).read().into_obj();
                        at.add(i).write(StackRef::owned(owned));
                    }
                }
            }
        }
        Lent { at, n, marks }
    }

    /// The arguments.
    #[inline(always)]
    fn args(&self) -> &[Obj] {
        // SAFETY: an unmarked place has the layout of an `Obj`.
        unsafe { std::slice::from_raw_parts(self.at.cast::<Obj>(), self.n) }
    }

    /// Ends the loan and releases the arguments, the last first.
    #[inline(always)]
    fn release(self) {
        for i in (0..self.n).rev() {
            if i >= 64 || self.marks >> i & 1 == 0 {
                // SAFETY: the place owns its count.
                drop(unsafe { self.at.add(i).read() });
            }
        }
    }

    /// Releases the callable and the arguments of a call that is over: after an error the arguments go first.
    ///
    /// # Safety
    /// There is an object at `callable`; nobody uses the place again.
    #[inline(always)]
    unsafe fn release_with(self, callable: *mut StackRef, succeeded: bool) {
        // SAFETY: the caller's word.
        let callable = unsafe { callable.read() };
        if succeeded {
            drop(callable);
            self.release();
        } else {
            self.release();
            drop(callable);
        }
    }
}

/// How many arguments are put side by side without memory of their own.
const FEW: usize = 6;

/// Arguments put side by side without counts of their own, while their owners hold them.
struct Borrowed<'a> {
    few: [MaybeUninit<ManuallyDrop<Obj>>; FEW],
    n_few: usize,
    /// All of them, if they are not few.
    many: Vec<ManuallyDrop<Obj>>,
    owners: PhantomData<&'a Obj>,
}

impl<'a> Borrowed<'a> {
    #[inline]
    fn new(args: impl Iterator<Item = &'a Obj>) -> Borrowed<'a> {
        let mut made = Borrowed { few: [const { MaybeUninit::uninit() }; FEW], n_few: 0, many: Vec::new(), owners: PhantomData };
        for arg in args {
            // SAFETY: the copies are never dropped, and live no longer than the references.
            let arg = ManuallyDrop::new(unsafe { ptr::read(arg) });
            if made.n_few < FEW && made.many.is_empty() {
                made.few[made.n_few].write(arg);
                made.n_few += 1;
            } else {
                if made.many.is_empty() {
                    // SAFETY: all of the few are written.
                    made.many.extend(made.few.iter().map(|arg| unsafe { ptr::read(arg.as_ptr()) }));
                }
                made.many.push(arg);
            }
        }
        made
    }

    #[inline]
    fn args(&self) -> &[Obj] {
        let (at, n) =
            if self.many.is_empty() { (self.few.as_ptr().cast(), self.n_few) } else { (self.many.as_ptr().cast(), self.many.len()) };
        // SAFETY: `ManuallyDrop` has the layout of what it holds; the few are written up to their number.
        unsafe { std::slice::from_raw_parts(at, n) }
    }
}

impl Vm {
    /// A frame for the function on the data stack, its places all empty. It is not linked yet.
    #[inline(always)]
    pub(crate) fn new_frame(&self, func: StackRef, function: &Function, code: &Obj) -> *const Frame {
        // SAFETY: a function's code is a code object, and its globals are there until it is cleared by the collector, which
        // happens to no function that is called.
        unsafe {
            let payload = code.payload_unchecked::<CodeObject>();
            let at = self.thread.room(payload.n_places);
            let (Some(globals), Some(builtins)) = (function.globals.borrow(), function.builtins.borrow()) else {
                return self.cleared_function(func, at);
            };
            at.write(Frame {
                ip: Cell::new(payload.instrs()),
                sp: Cell::new((*at).local(payload.n_locals)),
                return_to: Cell::new(ptr::null_mut()),
                previous: Cell::new(ptr::null()),
                code: code.clone(),
                func,
                globals: ManuallyDrop::new(ptr::read(globals)),
                builtins: ManuallyDrop::new(ptr::read(builtins)),
                locals: Slot::empty(),
                frame_obj: Slot::empty(),
                generator: Cell::new(ptr::null()),
                places: payload.n_places as u32,
                owner: Cell::new(Owner::Thread),
                flags: Cell::new(0),
            });
            at
        }
    }

    #[cold]
    fn cleared_function(&self, func: StackRef, at: *mut Frame) -> *const Frame {
        self.thread.give_back(at);
        drop(func);
        ptr::null()
    }

    /// The frame of a call. Function and arguments (the keywords' values last) are moved out of their places.
    ///
    /// # Safety
    /// `func` is a function; `n` places from `args` on hold objects.
    #[inline(always)]
    pub(crate) unsafe fn push_call(&self, func: StackRef, args: *mut StackRef, n: usize, names: &[Obj]) -> PyResult<*const Frame> {
        // SAFETY: the caller's word. The view of the function lives as long as the place, which the frame takes over.
        unsafe {
            let function: *const Function = func.obj().payload_unchecked::<Function>();
            let code: *const Obj = match (*function).code.borrow() {
                Some(code) => code,
                None => return Err(self.system_error("a function without code")),
            };
            let payload: &CodeObject = (*code).payload_unchecked::<CodeObject>();
            let frame = self.new_frame(func, &*function, &*code);
            if frame.is_null() {
                return Err(self.system_error("a function that the collector has cleared"));
            }
            let locals = (*frame).local(0);
            if payload.simple && names.is_empty() && n == payload.code.argcount as usize {
                ptr::copy_nonoverlapping(args, locals, n);
                for i in n..payload.n_locals {
                    locals.add(i).write(StackRef::NULL);
                }
                return Ok(frame);
            }
            for i in 0..payload.n_locals {
                locals.add(i).write(StackRef::NULL);
            }
            // The body of a module or class, as a function: its names are global ones.
            if !payload.has_flag(CO_OPTIMIZED) {
                (*frame).locals.set((*(*frame).globals).clone());
            }
            match self.bind(&*function, payload, locals, args, n, names) {
                Ok(()) => Ok(frame),
                Err(raised) => {
                    self.end_frame(frame);
                    Err(raised)
                }
            }
        }
    }

    /// `initialize_locals`: every argument finds its parameter.
    #[inline(never)]
    unsafe fn bind(
        &self,
        function: &Function,
        code: &CodeObject,
        locals: *mut StackRef,
        args: *mut StackRef,
        n: usize,
        names: &[Obj],
    ) -> PyResult<()> {
        if self.version <= Version::V3_10 {
            self.frame_begins(code);
        }
        let given = n - names.len();
        let argcount = code.code.argcount as usize;
        if code.simple && names.is_empty() && given < argcount {
            // SAFETY: each argument is moved once; no code runs that could change the defaults.
            unsafe {
                let defaults = function.defaults.borrow().and_then(|defaults| defaults.get::<Tuple>()).map_or(&[][..], Tuple::items);
                if let Some(first) = defaults.len().checked_sub(argcount - given) {
                    ptr::copy_nonoverlapping(args, locals, given);
                    for (i, default) in defaults[first..].iter().enumerate() {
                        locals.add(given + i).write(StackRef::owned(default.clone()));
                    }
                    return Ok(());
                }
            }
        }
        let total = argcount + code.code.kwonlyargcount as usize;
        let varargs = code.has_flag(CO_VARARGS);
        // SAFETY: each argument is read once, each parameter written once.
        unsafe {
            let mut kwdict = None;
            if code.has_flag(CO_VARKEYWORDS) {
                let dict = self.dict();
                locals.add(total + usize::from(varargs)).write(StackRef::owned(dict.clone()));
                kwdict = Some(dict);
            }
            let direct = given.min(argcount);
            ptr::copy_nonoverlapping(args, locals, direct);
            if varargs {
                let rest = (direct..given).map(|i| args.add(i).read().into_obj()).collect();
                locals.add(total).write(StackRef::owned(self.tuple_of(rest)));
            } else {
                (direct..given).for_each(|i| drop(args.add(i).read()));
            }
            for (i, name) in names.iter().enumerate() {
                let value = args.add(given + i).read();
                if let Err(raised) = self.bind_keyword(function, code, locals, name, value, kwdict.as_ref()) {
                    (i + 1..names.len()).for_each(|rest| drop(args.add(given + rest).read()));
                    return Err(raised);
                }
            }
            drop(kwdict);
            if given > argcount && !varargs {
                return Err(self.too_many_positional(function, code, given, locals));
            }
            if given < argcount {
                self.bind_defaults(function, code, locals, given)?;
            }
            if total > argcount {
                self.bind_keyword_defaults(function, code, locals)?;
            }
        }
        Ok(())
    }

    unsafe fn bind_keyword(
        &self,
        function: &Function,
        code: &CodeObject,
        locals: *mut StackRef,
        name: &Obj,
        value: StackRef,
        kwdict: Option<&Obj>,
    ) -> PyResult<()> {
        let total = (code.code.argcount + code.code.kwonlyargcount) as usize;
        let first = code.code.posonlyargcount as usize;
        let Some(text) = name.get::<Str>() else {
            return Err(self.type_error(format!("{}() keywords must be strings", self.callee(function))));
        };
        let found = (first..total)
            .find(|&i| code.place_name(i).is(name))
            .or_else(|| (first..total).find(|&i| code.place_name(i).get::<Str>().is_some_and(|param| param.as_bytes() == text.as_bytes())));
        // SAFETY: parameters have initialised places.
        unsafe {
            match found {
                Some(i) if (*locals.add(i)).is_null() => {
                    locals.add(i).write(value);
                    Ok(())
                }
                Some(_) => {
                    Err(self.type_error(format!("{}() got multiple values for argument '{}'", self.callee(function), self.lossy(name))))
                }
                None => match kwdict {
                    Some(dict) => self.dict_set(dict, name, value.into_obj()),
                    None => Err(self.unexpected_keyword(function, code, name)),
                },
            }
        }
    }

    #[cold]
    fn unexpected_keyword(&self, function: &Function, code: &CodeObject, name: &Obj) -> Raised {
        let positional_only = code.code.posonlyargcount as usize;
        let text = self.lossy(name);
        let callee = self.callee(function);
        if (0..positional_only).any(|i| self.lossy(code.place_name(i)) == text) {
            return self.type_error(format!("{callee}() got some positional-only arguments passed as keyword arguments: '{text}'"));
        }
        // What may have been meant is looked for in a list.
        let _list = (self.version >= compile::Version::V3_13).then(|| self.heap.passing(heap::Kind::LIST));
        let total = (code.code.argcount + code.code.kwonlyargcount) as usize;
        let possible: Vec<String> = (positional_only..total).map(|i| self.lossy(code.place_name(i))).collect();
        let hint = self.suggestion(&text, &possible).map(|hint| format!(". Did you mean '{hint}'?")).unwrap_or_default();
        self.type_error(format!("{callee}() got an unexpected keyword argument '{text}'{hint}"))
    }

    unsafe fn bind_defaults(&self, function: &Function, code: &CodeObject, locals: *mut StackRef, given: usize) -> PyResult<()> {
        let defaults = function.defaults.get();
        let defaults: &[Obj] = defaults.as_ref().and_then(|defaults| defaults.get::<Tuple>()).map_or(&[], Tuple::items);
        let argcount = code.code.argcount as usize;
        let first_default = argcount.saturating_sub(defaults.len());
        // SAFETY: parameters have initialised places.
        unsafe {
            let missing: Vec<usize> = (given..first_default).filter(|&i| (*locals.add(i)).is_null()).collect();
            if !missing.is_empty() {
                return Err(self.missing_arguments(function, code, "positional", &missing));
            }
            for (i, default) in (first_default..argcount).zip(&defaults[defaults.len().saturating_sub(argcount)..]) {
                if (*locals.add(i)).is_null() {
                    locals.add(i).write(StackRef::owned(default.clone()));
                }
            }
        }
        Ok(())
    }

    unsafe fn bind_keyword_defaults(&self, function: &Function, code: &CodeObject, locals: *mut StackRef) -> PyResult<()> {
        let (first, total) = (code.code.argcount as usize, (code.code.argcount + code.code.kwonlyargcount) as usize);
        let defaults = function.kwdefaults.get();
        let mut missing = Vec::new();
        for i in first..total {
            // SAFETY: parameters have initialised places.
            unsafe {
                if !(*locals.add(i)).is_null() {
                    continue;
                }
                let default = match &defaults {
                    Some(defaults) => self.dict_get(defaults, code.place_name(i))?,
                    None => None,
                };
                match default {
                    Some(default) => locals.add(i).write(StackRef::owned(default)),
                    None => missing.push(i),
                }
            }
        }
        if missing.is_empty() { Ok(()) } else { Err(self.missing_arguments(function, code, "keyword-only", &missing)) }
    }

    fn callee(&self, function: &Function) -> String {
        function.qualname.get().map(|name| self.lossy(&name)).unwrap_or_default()
    }

    #[cold]
    fn missing_arguments(&self, function: &Function, code: &CodeObject, kind: &str, missing: &[usize]) -> Raised {
        let _list = self.heap.passing(heap::Kind::LIST);
        // `PyObject_Repr` of a name does what waits.
        missing.iter().for_each(|_| self.collect_if_due());
        let names: Vec<String> = missing.iter().map(|&i| format!("'{}'", self.lossy(code.place_name(i)))).collect();
        let list = match &names[..] {
            [one] => one.clone(),
            [one, two] => format!("{one} and {two}"),
            [first @ .., last] => format!("{}, and {last}", first.join(", ")),
            [] => String::new(),
        };
        let plural = if names.len() == 1 { "" } else { "s" };
        self.type_error(format!("{}() missing {} required {kind} argument{plural}: {list}", self.callee(function), names.len()))
    }

    #[cold]
    unsafe fn too_many_positional(&self, function: &Function, code: &CodeObject, given: usize, locals: *mut StackRef) -> Raised {
        let argcount = code.code.argcount as usize;
        let total = argcount + code.code.kwonlyargcount as usize;
        // SAFETY: parameters have initialised places.
        let keyword_only = (argcount..total).filter(|&i| unsafe { !(*locals.add(i)).is_null() }).count();
        let defaults = function.defaults.get().and_then(|defaults| defaults.get::<Tuple>().map(Tuple::len)).unwrap_or(0);
        let (takes, plural) = if defaults > 0 {
            (format!("from {} to {argcount}", argcount - defaults), true)
        } else {
            (argcount.to_string(), argcount != 1)
        };
        let s = |plural: bool| if plural { "s" } else { "" };
        let and = if keyword_only > 0 {
            format!(" positional argument{} (and {keyword_only} keyword-only argument{})", s(given != 1), s(keyword_only != 1))
        } else {
            String::new()
        };
        let were = if given == 1 && keyword_only == 0 { "was" } else { "were" };
        self.type_error(format!("{}() takes {takes} positional argument{} but {given}{and} {were} given", self.callee(function), s(plural)))
    }

    /// Calls a Python function from Rust: its arguments get counts of their own, as `_PyEval_Vectorcall` gives them.
    fn call_function<'a>(&self, func: &Obj, args: impl Iterator<Item = &'a Obj>, names: &[Obj]) -> PyResult {
        let mut few = [const { MaybeUninit::<StackRef>::uninit() }; FEW];
        let (mut n, mut many) = (0, Vec::new());
        for arg in args {
            let place = MaybeUninit::new(StackRef::owned(arg.clone()));
            if n < FEW {
                few[n] = place;
            } else {
                if n == FEW {
                    many.extend(std::mem::replace(&mut few, [const { MaybeUninit::uninit() }; FEW]));
                }
                many.push(place);
            }
            n += 1;
        }
        let places = if n > FEW { many.as_mut_ptr() } else { few.as_mut_ptr() };
        // SAFETY: so many places are written; they are moved out, and forgotten here.
        unsafe {
            let func = StackRef::owned(func.clone());
            let frame = self.push_call(func, places.cast(), n, names)?;
            self.run_frame(frame)
        }
    }

    /// Calls with arguments that are borrowed one by one: no count changes for a native function.
    pub fn call_refs(&self, callable: &Obj, args: &[&Obj]) -> PyResult {
        if callable.kind() == kinds::FUNCTION {
            return self.call_function(callable, args.iter().copied(), &[]);
        }
        let lent = Borrowed::new(args.iter().copied());
        self.call_args(callable, Args::positional(lent.args()))
    }

    /// Calls what is no Python function with arguments that stand on the stack, and releases the callable and them.
    ///
    /// # Safety
    /// There is an object at `callable`, and `n` from `args` on; nobody uses the places again.
    #[inline(never)]
    pub(crate) unsafe fn call_from_stack(&self, callable: *mut StackRef, args: *mut StackRef, n: usize, names: &[Obj]) -> PyResult {
        // SAFETY: the caller's word.
        unsafe {
            let lent = Lent::new(args, n);
            let result = self.call_args(&(*callable).look(), Args::new(lent.args(), names));
            lent.release_with(callable, result.is_ok());
            result
        }
    }

    /// Calls a native function, or a method whose object is the first argument, with `n` arguments that stand on the stack,
    /// and releases the callable and them.
    ///
    /// # Safety
    /// As [`Vm::call_from_stack`]; the function takes as many arguments, and `this` is what it is bound to, if that is no argument.
    #[inline(never)]
    pub(crate) unsafe fn call_table(
        &self,
        method: &'static Method,
        this: Option<&Obj>,
        callable: *mut StackRef,
        args: *mut StackRef,
        n: usize,
    ) -> PyResult {
        // SAFETY: the caller's word.
        unsafe {
            let lent = Lent::new(args, n);
            let result = match (this, lent.args()) {
                (Some(this), all) => (method.call)(self, this, Args::positional(all)),
                (None, [this, rest @ ..]) => (method.call)(self, this, Args::positional(rest)),
                (None, []) => Err(self.system_error("a method without its object")),
            };
            lent.release_with(callable, result.is_ok());
            result
        }
    }

    /// Runs a frame that was just pushed, until it ends.
    ///
    /// # Safety
    /// The frame is the topmost, and not linked yet.
    pub(crate) unsafe fn run_frame(&self, frame: *const Frame) -> PyResult {
        // SAFETY: the caller's word.
        let frame = unsafe { &*frame };
        frame.flags.set(frame.flags.get() | ENTRY);
        frame.previous.set(self.thread.current.get());
        self.thread.current.set(frame);
        self.run(frame, None)
    }

    /// Calls anything with one argument.
    #[inline]
    pub fn call_one(&self, callable: &Obj, arg: &Obj) -> PyResult {
        if callable.kind() == kinds::BUILTIN_FUNCTION {
            return self.call_builtin_one(callable, arg);
        }
        if callable.kind() != kinds::FUNCTION {
            return self.call_args(callable, Args::positional(std::slice::from_ref(arg)));
        }
        let mut place = ManuallyDrop::new(StackRef::owned(arg.clone()));
        // SAFETY: the place is moved out, and forgotten here.
        unsafe {
            let frame = self.push_call(StackRef::owned(callable.clone()), &raw mut *place, 1, &[])?;
            self.run_frame(frame)
        }
    }

    /// Calls anything with positional arguments.
    pub fn call(&self, callable: &Obj, args: &[Obj]) -> PyResult {
        self.call_args(callable, Args::positional(args))
    }

    /// Calls anything.
    #[inline]
    pub fn call_args(&self, callable: &Obj, args: Args<'_>) -> PyResult {
        let result = match callable.kind() {
            kinds::FUNCTION => self.call_function(callable, args.all().iter(), args.names()),
            kinds::BUILTIN_FUNCTION => self.call_builtin(callable, args),
            kinds::METHOD_DESCRIPTOR => self.call_descriptor(callable, args),
            kinds::METHOD => match self.method_parts(callable) {
                Some((function, instance)) => self.call_with_first(&function, &instance, args),
                None => self.call_slot(callable, args),
            },
            _ => self.call_slot(callable, args),
        };
        self.collect_inside_allocation();
        result
    }

    /// Calls with arguments that are lent: they are not counted for the call itself.
    pub(crate) fn call_lent<'a>(&self, callable: &Obj, args: impl Iterator<Item = &'a Obj>) -> PyResult {
        let lent = Borrowed::new(args);
        self.call(callable, lent.args())
    }

    /// As [`Vm::call_lent`], the last of them by these names.
    pub(crate) fn call_lent_kw<'a>(&self, callable: &Obj, args: impl Iterator<Item = &'a Obj>, names: &[Obj]) -> PyResult {
        let lent = Borrowed::new(args);
        self.call_args(callable, Args::new(lent.args(), names))
    }

    /// Calls with one more argument in front.
    pub fn call_with_first(&self, callable: &Obj, first: &Obj, args: Args<'_>) -> PyResult {
        if args.all().is_empty() {
            return self.call_one(callable, first);
        }
        if callable.kind() == kinds::FUNCTION {
            return self.call_function(callable, std::iter::once(first).chain(args.all()), args.names());
        }
        let lent = Borrowed::new(std::iter::once(first).chain(args.all()));
        self.call_args(callable, Args::new(lent.args(), args.names()))
    }

    /// Calls a Python function with an object in front of arguments that are lent.
    pub(crate) fn call_with_first_of<'a>(&self, func: &Obj, first: &'a Obj, args: impl Iterator<Item = &'a Obj>) -> PyResult {
        let result = self.call_function(func, std::iter::once(first).chain(args), &[]);
        self.collect_inside_allocation();
        result
    }

    /// `tp_call`.
    #[inline]
    pub(crate) fn call_slot(&self, callable: &Obj, args: Args<'_>) -> PyResult {
        match self.with_class(callable, |class| class.slots.call.get()) {
            Some(call) => call(self, callable, args),
            None => Err(self.not_callable(callable)),
        }
    }

    /// `object_is_not_callable`: since 3.13 a module in which something has its name is told from that.
    #[cold]
    fn not_callable(&self, callable: &Obj) -> Raised {
        let text = format!("'{}' object is not callable", self.type_name(callable));
        let is_module = self.version >= compile::Version::V3_13 && callable.get::<crate::objects::module::Module>().is_some();
        let name = is_module.then(|| self.dict_get_name(&self.module_dict(callable), &self.names.__name__)).flatten().filter(Vm::is_text);
        let Some(name) = name.map(|name| self.lossy(&name)) else { return self.type_error(text) };
        match self.getattr_opt_str(callable, &name) {
            Ok(Some(found)) if self.is_callable(&found) => self.type_error(format!("{text}. Did you mean: '{name}.{name}(...)'?")),
            _ => self.type_error(text),
        }
    }

    /// Calls with keywords.
    pub fn call_kw(&self, callable: &Obj, args: &[Obj], keywords: &[(&str, Obj)]) -> PyResult {
        let all = Borrowed::new(args.iter().chain(keywords.iter().map(|(_, value)| value)));
        let names: Vec<Obj> = keywords.iter().map(|(name, _)| self.intern(name)).collect();
        self.call_args(callable, Args::new(all.args(), &names))
    }

    /// `obj.name(*args)`, without a bound method in between.
    pub fn call_method(&self, obj: &Obj, name: &str, args: &[Obj]) -> PyResult {
        match self.load_method(obj, &self.intern(name))? {
            Loaded::Method(function) => self.call_with_first(&function, obj, Args::positional(args)),
            Loaded::Value(value) => self.call(&value, args),
        }
    }

    /// `callable(*args, **kwargs)` with a tuple and a dict.
    pub fn call_tuple(&self, callable: &Obj, args: &Obj, kwargs: Option<&Obj>) -> PyResult {
        let positional: &[Obj] = args.get::<Tuple>().map_or(&[], Tuple::items);
        let takes_vectors = self.takes_vectors(callable);
        let handed_on = |given| if takes_vectors { given } else { Args::with_tuple(given, args) };
        let pairs = kwargs.map(|kwargs| self.dict_items(kwargs)).unwrap_or_default();
        if pairs.is_empty() {
            return self.call_args(callable, handed_on(Args::positional(positional)));
        }
        if pairs.iter().any(|(name, _)| name.get::<Str>().is_none()) {
            return Err(self.type_error("keywords must be strings"));
        }
        let (names, values): (Vec<Obj>, Vec<Obj>) = pairs.into_iter().unzip();
        let _names = self.heap.passing_tuple(if takes_vectors { names.len() } else { 0 });
        let all = Borrowed::new(positional.iter().chain(&values));
        self.call_args(callable, handed_on(Args::new(all.args(), &names)))
    }

    /// Whether CPython calls it with a vector of arguments and a tuple of keywords' names, and not with a tuple and a dict.
    fn takes_vectors(&self, callable: &Obj) -> bool {
        if let Some(function) = callable.get::<crate::objects::builtin_function::BuiltinFunction>() {
            return !function.method.varargs;
        }
        match callable.get::<crate::Class>() {
            Some(_) => crate::objects::class::has_vectorcall(self, callable),
            None => self.class_has_flag(callable, crate::class::flags::HAVE_VECTORCALL),
        }
    }

    /// The dict in which a class gets its keywords.
    pub(crate) fn keyword_dict(&self, args: Args<'_>) -> Obj {
        let dict = self.new_dict();
        if let Some(payload) = dict.get::<heap::Dict>() {
            args.keywords().for_each(|(name, value)| drop(payload.set_str_key(name, value.clone())));
        }
        dict
    }

    /// Whether an object can be called.
    pub fn is_callable(&self, obj: &Obj) -> bool {
        self.with_class(obj, |class| class.slots.call.get()).is_some()
    }

    /// Runs code as the body of a module, a class or an `exec`: names live in `locals`.
    pub fn run_code(&self, code: &Obj, globals: &Obj, locals: &Obj) -> PyResult {
        self.run_code_with(code, globals, Some(locals), None)
    }

    /// As [`Vm::run_code`], with the cells of a closure.
    pub fn run_code_with(&self, code: &Obj, globals: &Obj, locals: Option<&Obj>, closure: Option<Obj>) -> PyResult {
        let func = self.new_function(code.clone(), globals)?;
        if let (Some(closure), Some(function)) = (closure, func.get::<Function>()) {
            function.closure.set(closure);
        }
        self.run_function_with(func, locals)
    }

    /// Runs a function that takes no arguments in a given namespace (a class body).
    pub fn run_function_with(&self, func: Obj, locals: Option<&Obj>) -> PyResult {
        // SAFETY: there are no arguments.
        unsafe {
            let frame = self.push_call(StackRef::owned(func), ptr::dangling_mut(), 0, &[])?;
            drop((*frame).locals.replace(locals.cloned()));
            self.run_frame(frame)
        }
    }
}
