//! `frame`: a frame as an object, made when somebody asks for it, and the proxy of its locals (PEP 667; `Objects/frameobject.c`).
//!
//! Invariant: the frame belongs to the thread or a generator until it ends; if the object outlives that, the frame's contents move
//! into memory of the object's own.

#![expect(unsafe_code, reason = "the frame is raw memory")]

use std::cell::Cell;
use std::ptr;

use compile::code::{CO_FAST_CELL, CO_FAST_FREE, CO_FAST_HIDDEN, CO_OPTIMIZED};
use heap::{CellVar, Label, LabelledVisit, Obj, Payload, Slot, StackRef, Trash, Visit};

use crate::class::{ClassSpec, Convention, GetSet, Method, Operator, flags};
use crate::frame::{Frame, Owner, free_heap_frame, move_to_heap};
use crate::objects::code::CodeObject;
use crate::objects::function::Function;
use crate::objects::generator::{GenState, gen_of};
use crate::{Args, PyResult, Vm, kinds};

/// The payload of a frame object.
pub struct FrameObject {
    frame: Cell<*const Frame>,
    /// The code, which stays when everything else goes.
    code: Obj,
    back: Slot,
    pub(crate) trace: Slot,
    trace_lines: Cell<bool>,
    trace_opcodes: Cell<bool>,
    /// Names that debuggers have added (`f_extra_locals`).
    extra: Slot,
    /// Values that the proxy has replaced: frames further in may borrow them (`f_overwritten_fast_locals`).
    overwritten: Slot,
    version: compile::Version,
}

impl FrameObject {
    /// `f_code`.
    pub fn code(&self) -> Obj {
        self.code.clone()
    }

    pub(crate) fn frame(&self) -> &Frame {
        // SAFETY: the frame tells its object before it goes.
        unsafe { &*self.frame.get() }
    }

    fn owns(&self) -> bool {
        // SAFETY: as in `frame`; there is none any more once the frame of a dying generator has gone before its object.
        unsafe { self.frame.get().as_ref() }.is_some_and(|frame| frame.owner.get() == Owner::FrameObject)
    }

    /// Whether the object is a generator's frame and visits what that holds: up to 3.10 the collector saw the two apart.
    fn visits_for_generator(&self) -> bool {
        // SAFETY: as in `owns`.
        self.version <= compile::Version::V3_10 && unsafe { self.frame.get().as_ref() }.is_some_and(Frame::waits)
    }

    pub(crate) fn traces_lines(&self) -> bool {
        self.trace_lines.get()
    }

    pub(crate) fn traces_opcodes(&self) -> bool {
        self.trace_opcodes.get()
    }

    /// `f_lineno` of now.
    pub fn line(&self) -> Option<i32> {
        self.frame().line()
    }
}

impl Payload for FrameObject {
    const KIND: heap::Kind = kinds::FRAME;

    fn traverse(&self, visit: Visit<'_>) {
        [&self.back, &self.trace, &self.extra, &self.overwritten].into_iter().for_each(|slot| slot.show(visit));
        if self.owns() {
            self.frame().traverse(visit);
        } else if self.visits_for_generator() {
            visit(&self.code);
            self.frame().traverse_contents(false, visit);
        }
    }

    fn holds(&self, visit: LabelledVisit<'_>) {
        let fields = [("f_back", &self.back), ("f_trace", &self.trace), ("extra", &self.extra), ("overwritten", &self.overwritten)];
        for (name, slot) in fields {
            slot.get().into_iter().for_each(|held| visit(Label::Field(name), &held));
        }
        if self.owns() {
            self.frame().holds(visit);
        } else if self.visits_for_generator() {
            visit(Label::Field("f_code"), &self.code);
            self.frame().holds_contents(false, visit);
        }
    }

    /// `frame_tp_clear`: locals and stack go, the code stays.
    fn clear(&self, trash: &mut Trash<'_>) {
        [&self.trace, &self.extra, &self.overwritten].into_iter().for_each(|slot| trash.take(slot));
        if self.owns() {
            self.frame().give_places(self.version, trash);
        }
    }

    fn dismantle(&mut self, trash: &mut Trash<'_>) {
        if self.owns() {
            if self.version <= compile::Version::V3_10 {
                crate::counted_frame::frame_is_over(&self.code);
            }
            let frame = self.frame.get().cast_mut();
            self.frame().give_places(self.version, trash);
            // SAFETY: nobody else knows the frame.
            unsafe {
                if let Some(func) = ptr::replace(&raw mut (*frame).func, StackRef::NULL).into_option() {
                    trash.push(func);
                }
                free_heap_frame(frame);
            }
        }
        [&self.back, &self.trace, &self.extra, &self.overwritten].into_iter().for_each(|slot| trash.take(slot));
    }
}

/// The dying generator's frame has an object. If that outlives it, it takes the contents over, and true is given.
pub(crate) fn outlived(frame: &Frame, obj: Obj, trash: &mut Trash<'_>) -> bool {
    let outlives = obj.refcount() > 1;
    if let Some(payload) = obj.get::<FrameObject>() {
        if outlives {
            adopt(frame, payload);
            obj.heap().track(&obj);
        } else {
            payload.frame.set(std::ptr::null());
        }
    }
    trash.push(obj);
    outlives
}

/// The frame's contents move into memory that belongs to the object; the frame is left empty, its code still there.
fn adopt(frame: &Frame, payload: &FrameObject) {
    // SAFETY: the frame does not run, and is left with references of its own in the header.
    unsafe {
        let own = move_to_heap(frame, Owner::FrameObject);
        (*own).generator.set(ptr::null());
        // A generator that never ran is dead anyway: its frame pretends that the first RESUME has run (`take_ownership`).
        let first = frame.code().first_traceable;
        if frame.lasti() < first {
            let at = first + usize::from(payload.version >= compile::Version::V3_13);
            (*own).ip.set((*own).code().instrs().add(at));
        }
        payload.frame.set(own);
        let raw = ptr::from_ref(frame).cast_mut();
        ptr::write(&raw mut (*raw).code, (*own).code.clone());
        ptr::write(&raw mut (*raw).func, StackRef::NULL);
        ptr::write(&raw mut (*raw).locals, Slot::empty());
        ptr::write(&raw mut (*raw).frame_obj, Slot::empty());
        frame.sp.set(frame.local(0));
    }
}

impl Vm {
    /// The frame's object, made if need be (`_PyFrame_GetFrameObject`).
    pub(crate) fn frame_object(&self, frame: &Frame) -> Obj {
        frame.frame_obj.get().unwrap_or_else(|| {
            let made = self.heap.alloc(FrameObject {
                frame: Cell::new(frame),
                code: frame.code.clone(),
                back: Slot::empty(),
                trace: Slot::empty(),
                trace_lines: Cell::new(true),
                trace_opcodes: Cell::new(false),
                extra: Slot::empty(),
                overwritten: Slot::empty(),
                version: self.version,
            });
            frame.frame_obj.set(made.clone());
            made
        })
    }

    /// The object of the innermost frame that Python code can see, or of one further out (`sys._getframe`).
    pub fn current_frame(&self, depth: usize) -> Option<Obj> {
        let mut at = self.thread.visible()?;
        for _ in 0..depth {
            at = Frame::first_complete(at.previous.get())?;
        }
        Some(self.frame_object(at))
    }

    /// Whether the frame of an object waits for a call of Python code.
    pub(crate) fn frame_has_callee(&self, obj: &Obj) -> bool {
        let mut at = self.thread.visible();
        while let Some(frame) = at {
            at = Frame::first_complete(frame.previous.get());
            if at.is_some_and(|frame| frame.frame_obj.get().is_some_and(|own| own.is(obj))) {
                return true;
            }
        }
        false
    }

    /// The globals of that frame; no object of the frame comes into being.
    pub(crate) fn globals_of_frame(&self, depth: usize) -> Option<Obj> {
        let mut at = self.thread.visible()?;
        for _ in 0..depth {
            at = Frame::first_complete(at.previous.get())?;
        }
        Some((*at.globals).clone())
    }

    /// `take_ownership`: the frame ends, its object lives on.
    ///
    /// # Safety
    /// The frame is on the data stack and does not run any more. Its header holds nothing afterwards.
    pub(crate) unsafe fn take_ownership(&self, frame: *const Frame, obj: &Obj) {
        let Some(payload) = obj.get::<FrameObject>() else { return };
        // SAFETY: the caller's word.
        unsafe {
            let back = Frame::first_complete((*frame).previous.get());
            let own = move_to_heap(frame, Owner::FrameObject);
            payload.frame.set(own);
            ptr::write(&raw mut (*own).frame_obj, Slot::empty());
            if let Some(back) = back {
                payload.back.set(self.frame_object(back));
            }
        }
        self.heap.track(obj);
    }

    /// A generator's frame ends while its object may live on. True if it does.
    pub(crate) fn detach_frame_obj(&self, frame: &Frame, obj: Obj) -> bool {
        let outlives = obj.refcount() > 1;
        if outlives && let Some(payload) = obj.get::<FrameObject>() {
            adopt(frame, payload);
            self.heap.track(&obj);
        }
        drop(obj);
        outlives
    }

    /// `locals()` of a frame: the namespace of a module or class body, else a new dict of the variables. Up to 3.12 a function's frame has
    /// one dict of them, which it keeps (PEP 667).
    pub(crate) fn frame_locals(&self, frame: &Frame) -> PyResult {
        let kept = frame.locals.get();
        let is_function = frame.code().has_flag(CO_OPTIMIZED);
        let dict = match kept {
            Some(locals) if !is_function => return Ok(locals),
            Some(snapshot) => snapshot,
            None => self.dict(),
        };
        if is_function && self.version <= compile::Version::V3_12 {
            self.call_method(&dict, "clear", &[])?;
            frame.locals.set(dict.clone());
        }
        for (name, value) in self.variables(frame) {
            self.dict_set(&dict, &name, value)?;
        }
        // Names that somebody has added through the frame's proxy.
        let added = frame.frame_obj.get().and_then(|obj| frame_object(&obj).extra.get());
        for (name, value) in added.iter().flat_map(|added| self.dict_items(added)) {
            self.dict_set(&dict, &name, value)?;
        }
        Ok(dict)
    }

    /// Counts what CPython makes since 3.13 where it copies a function's variables into a dict: the frame object, a proxy for the
    /// variables, and the list of their names.
    pub(crate) fn passing_for_locals(&self, frame: &Frame) -> Option<heap::Passing<'_>> {
        if !frame.code().has_flag(CO_OPTIMIZED) || self.version < compile::Version::V3_13 {
            return None;
        }
        drop(self.frame_object(frame));
        drop(self.heap.passing_tuple(1));
        let proxy = self.heap.passing(kinds::FRAME_LOCALS_PROXY);
        drop([self.heap.passing(heap::Kind::LIST), self.heap.passing(kinds::LIST_ITERATOR)]);
        Some(proxy)
    }

    /// The bound variables of a function's frame.
    pub(crate) fn variables(&self, frame: &Frame) -> Vec<(Obj, Obj)> {
        let code = frame.code();
        let mut out = Vec::new();
        for i in 0..code.n_locals {
            if code.code.localsplus[i].1 & CO_FAST_HIDDEN != 0 {
                continue;
            }
            if let Some(value) = self.variable(frame, i) {
                out.push((code.place_name(i).clone(), value));
            }
        }
        out
    }

    /// What a place of a frame or a generator is called; nothing for one of the evaluation stack.
    pub fn local_name(&self, holder: &Obj, place: usize) -> Option<String> {
        let generator = || crate::objects::generator::gen_of(holder).and_then(|generator| generator.frame());
        let frame = holder.get::<FrameObject>().map(FrameObject::frame).or_else(generator)?;
        frame.code().code.localsplus.get(place).map(|(name, _)| name.to_string())
    }

    /// The value in a place, through its cell.
    pub(crate) fn variable(&self, frame: &Frame, i: usize) -> Option<Obj> {
        let code = frame.code();
        let kind = code.code.localsplus[i].1;
        let place = frame.local(i);
        if place >= frame.sp.get() {
            return None;
        }
        // SAFETY: the place is initialised.
        let held = unsafe { (*place).get().map(|view| view.clone()) };
        // A function that has not started has its free variables in the closure still.
        let held = match held {
            None if kind & CO_FAST_FREE != 0 => frame.function().and_then(|function: &Function| {
                let closure = function.closure.get()?;
                let first = code.n_locals - code.code.nfreevars as usize;
                closure.get::<heap::Tuple>().and_then(|cells| cells.items().get(i - first).cloned())
            }),
            held => held,
        };
        match held {
            Some(cell) if kind & (CO_FAST_CELL | CO_FAST_FREE) != 0 && cell.kind() == heap::Kind::CELL => {
                cell.get::<CellVar>().and_then(|cell| cell.value.get())
            }
            held => held,
        }
    }

    /// Writes a variable of a frame from outside; `false`: the frame has no such variable.
    pub(crate) fn set_variable(&self, frame: &Frame, name: &Obj, value: &Obj) -> PyResult<bool> {
        let code = frame.code();
        for i in 0..code.n_locals {
            if !self.eq(code.place_name(i), name)? || code.code.localsplus[i].1 & CO_FAST_HIDDEN != 0 {
                continue;
            }
            let place = frame.local(i);
            // SAFETY: the place is initialised; the old value is released once the new one is in.
            unsafe {
                let cell = (*place)
                    .get()
                    .map(|view| view.clone())
                    .filter(|cell| code.code.localsplus[i].1 & (CO_FAST_CELL | CO_FAST_FREE) != 0 && cell.kind() == heap::Kind::CELL);
                match cell {
                    Some(cell) => {
                        if let Some(cell) = cell.get::<CellVar>() {
                            cell.value.set(value.clone());
                        }
                    }
                    None => {
                        let before = ptr::replace(place, StackRef::owned(value.clone()));
                        // Somebody further in may have borrowed the value: it lives as long as the frame's object does.
                        if let Some(before) = before.into_option() {
                            self.keep_overwritten(frame, before);
                        }
                    }
                }
            }
            return Ok(true);
        }
        Ok(false)
    }

    fn keep_overwritten(&self, frame: &Frame, before: Obj) {
        if before.is_immortal() || frame.owner.get() == Owner::FrameObject {
            return;
        }
        let obj = self.frame_object(frame);
        if let Some(payload) = obj.get::<FrameObject>() {
            let kept = payload.overwritten.get();
            match kept {
                Some(kept) => {
                    if let Some(list) = kept.get::<heap::List>() {
                        list.push(before);
                    }
                }
                None => payload.overwritten.set(self.heap.alloc(heap::List::from_vec(vec![before]))),
            }
        }
    }
}

fn frame_object(obj: &Obj) -> &FrameObject {
    obj.get::<FrameObject>().expect("a frame object has the payload of one")
}

fn f_locals(vm: &Vm, obj: &Obj) -> PyResult {
    let frame = frame_object(obj).frame();
    if frame.code().has_flag(CO_OPTIMIZED) && vm.version >= compile::Version::V3_13 {
        let _args = vm.heap.passing_tuple(1);
        return Ok(vm.heap.alloc(LocalsProxy { frame: obj.clone().into() }).tracked());
    }
    vm.frame_locals(frame)
}

fn f_back(vm: &Vm, obj: &Obj) -> PyResult {
    let payload = frame_object(obj);
    if payload.owns() {
        return Ok(payload.back.get().unwrap_or_else(|| vm.none()));
    }
    Ok(match Frame::first_complete(payload.frame().previous.get()) {
        Some(back) => vm.frame_object(back),
        None => vm.none(),
    })
}

fn f_lineno(vm: &Vm, obj: &Obj) -> PyResult {
    Ok(frame_object(obj).line().map_or_else(|| vm.none(), |line| vm.int(line.into())))
}

fn set_trace(vm: &Vm, obj: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let value = value.filter(|value| !value.is(&vm.consts.none)).cloned();
    drop(frame_object(obj).trace.replace(value));
    Ok(())
}

/// A new truth for `f_trace_lines` or `f_trace_opcodes`.
fn flag(vm: &Vm, name: &str, value: Option<&Obj>) -> PyResult<bool> {
    let version = vm.version;
    let Some(value) = value else {
        return Err(match name {
            "f_trace_opcodes" if version >= compile::Version::V3_14 => {
                vm.raise_text(&vm.types.attribute_error, &format!("attribute '{name}' of 'frame' objects cannot be deleted"))
            }
            "f_trace_opcodes" if version == compile::Version::V3_13 => {
                vm.raise_text(&vm.types.attribute_error, &format!("cannot delete attribute {name}"))
            }
            _ => vm.type_error("can't delete numeric/char attribute"),
        });
    };
    if value.kind() != heap::Kind::BOOL {
        return Err(vm.type_error("attribute value type must be bool"));
    }
    Ok(value.is(&vm.consts.true_))
}

fn f_generator(vm: &Vm, obj: &Obj) -> PyResult {
    Ok(generator_of(vm, frame_object(obj).frame()).unwrap_or_else(|| vm.none()))
}

/// The generator that a frame belongs to.
fn generator_of(vm: &Vm, frame: &Frame) -> Option<Obj> {
    if frame.owner.get() != Owner::Generator {
        return None;
    }
    let wanted = frame.generator.get();
    vm.heap.all_objects().into_iter().find(|obj| gen_of(obj).is_some_and(|state| ptr::eq(state, wanted)))
}

fn clear(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    let payload = frame_object(obj);
    let frame = payload.frame();
    match frame.owner.get() {
        Owner::Thread => return Err(vm.runtime_error("cannot clear an executing frame")),
        Owner::Generator => {
            // SAFETY: a generator outlives its frame.
            let state = unsafe { &*frame.generator.get() };
            if state.state.get() == GenState::Executing {
                return Err(vm.runtime_error("cannot clear an executing frame"));
            }
            if state.is_suspended() && vm.version >= compile::Version::V3_13 {
                return Err(vm.runtime_error("cannot clear a suspended frame"));
            }
            // An ended generator has nothing to clear, and finding it takes a walk through the heap.
            if !state.is_finished()
                && let Some(generator) = generator_of(vm, frame)
            {
                vm.finalize_generator(&generator);
            }
        }
        Owner::FrameObject => {
            // SAFETY: the frame does not run.
            unsafe { vm.clear_places(frame) };
            drop(frame.locals.take());
        }
    }
    drop(payload.trace.take());
    drop(payload.extra.take());
    Ok(vm.none())
}

fn repr(vm: &Vm, obj: &Obj) -> PyResult {
    let payload = frame_object(obj);
    let code = payload.code();
    let code: &CodeObject = vm.code(&code);
    let file = vm.repr_text(&code.filename)?;
    let line = payload.line().map_or_else(|| "None".to_owned(), |line| line.to_string());
    Ok(vm.str(&format!("<frame at {:#x}, file {file}, line {line}, code {}>", obj.id(), code.code.name)))
}

fn sizeof(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    let code = frame_object(obj).code();
    let code = vm.code(&code);
    let base = vm.class(&vm.types.frame).basicsize.get() as i64;
    Ok(vm.int(base + 8 * (code.n_locals as i64 + i64::from(code.code.stacksize))))
}

/// `frame`.
pub static FRAME: ClassSpec = ClassSpec {
    name: "frame",
    base: Some(&crate::objects::object::OBJECT),
    kind: kinds::FRAME,
    flags: flags::HAVE_GC | flags::DISALLOW_INSTANTIATION,
    slots: |slots| slots.repr.set(Some(repr)),
    methods: &[
        Method::new("clear", clear, Convention::NoArgs).signature("($self, /)"),
        Method::new("__sizeof__", sizeof, Convention::NoArgs).signature("($self, /)"),
    ],
    getset: &[
        GetSet::new("f_back", f_back),
        GetSet::new("f_locals", f_locals),
        GetSet::new("f_globals", |_, f| Ok((*frame_object(f).frame().globals).clone())),
        GetSet::new("f_builtins", |_, f| Ok((*frame_object(f).frame().builtins).clone())),
        GetSet::new("f_code", |_, f| Ok(frame_object(f).code())),
        GetSet::with_set("f_lineno", f_lineno, crate::jump::set_line),
        GetSet::new("f_lasti", |vm, f| {
            let frame = frame_object(f).frame();
            Ok(vm.int(frame.code().offsets().byte_offset(frame.lasti()).into()))
        }),
        GetSet::new("f_generator", f_generator),
        GetSet::with_set("f_trace", |vm, f| Ok(frame_object(f).trace.get().unwrap_or_else(|| vm.none())), set_trace),
        GetSet::with_set(
            "f_trace_lines",
            |vm, f| Ok(vm.bool(frame_object(f).trace_lines.get())),
            |vm, f, value| {
                frame_object(f).trace_lines.set(flag(vm, "f_trace_lines", value)?);
                Ok(())
            },
        ),
        GetSet::with_set(
            "f_trace_opcodes",
            |vm, f| Ok(vm.bool(frame_object(f).trace_opcodes.get())),
            |vm, f, value| {
                frame_object(f).trace_opcodes.set(flag(vm, "f_trace_opcodes", value)?);
                Ok(())
            },
        ),
    ],
    basicsize: 152,
    itemsize: 8,
    doc: "",
};

/// The payload of a `FrameLocalsProxy`: a live view of a function's variables.
pub struct LocalsProxy {
    frame: Slot,
}

crate::payload!(LocalsProxy, kinds::FRAME_LOCALS_PROXY, { frame });

impl LocalsProxy {
    fn frame(&self) -> Option<Obj> {
        self.frame.get()
    }
}

impl Vm {
    /// Whether a key names a variable of the proxy's frame, bound or not.
    fn is_variable(&self, proxy: &Obj, key: &Obj) -> PyResult<bool> {
        let Some(obj) = proxy.get::<LocalsProxy>().and_then(LocalsProxy::frame) else { return Ok(false) };
        let code = frame_object(&obj).frame().code();
        for i in (0..code.n_locals).filter(|&i| code.code.localsplus[i].1 & CO_FAST_HIDDEN == 0) {
            if self.eq(code.place_name(i), key)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The proxy's contents as a new dict: variables, then names that were added.
    fn proxy_dict(&self, proxy: &Obj) -> PyResult {
        let dict = self.dict();
        let Some(obj) = proxy.get::<LocalsProxy>().and_then(LocalsProxy::frame) else { return Ok(dict) };
        for (name, value) in self.variables(frame_object(&obj).frame()) {
            self.dict_set(&dict, &name, value)?;
        }
        if let Some(extra) = frame_object(&obj).extra.get() {
            for (name, value) in self.dict_items(&extra) {
                self.dict_set(&dict, &name, value)?;
            }
        }
        Ok(dict)
    }
}

/// `FrameLocalsProxy(frame)`.
fn proxy_new(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [frame] = args.pos() else {
        return Err(vm.type_error(format!("FrameLocalsProxy expected 1 argument, got {}", args.pos().len())));
    };
    if frame.get::<FrameObject>().is_none() {
        return Err(vm.type_error(format!("expect frame, not {}", vm.type_name(frame))));
    }
    if args.has_keywords() {
        return Err(vm.type_error("FrameLocalsProxy takes no keyword arguments"));
    }
    Ok(vm.heap.alloc(LocalsProxy { frame: frame.clone().into() }).tracked())
}

fn proxy_get(vm: &Vm, proxy: &Obj, key: &Obj) -> PyResult {
    let dict = vm.proxy_dict(proxy)?;
    match vm.dict_get(&dict, key)? {
        Some(value) => Ok(value),
        None if Vm::is_text(key) => {
            let key = vm.repr_text(key)?;
            Err(vm.raise_text(&vm.types.key_error, &format!("local variable {key} is not defined")))
        }
        None => Err(vm.key_error(key)),
    }
}

fn proxy_set(vm: &Vm, proxy: &Obj, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let Some(obj) = proxy.get::<LocalsProxy>().and_then(LocalsProxy::frame) else { return Ok(()) };
    let payload = frame_object(&obj);
    match value {
        Some(value) => {
            if vm.set_variable(payload.frame(), key, value)? {
                return Ok(());
            }
            let extra = payload.extra.get().unwrap_or_else(|| {
                let made = vm.dict();
                payload.extra.set(made.clone());
                made
            });
            vm.dict_set(&extra, key, value.clone())
        }
        None if vm.is_variable(proxy, key)? => Err(vm.value_error("cannot remove local variables from FrameLocalsProxy")),
        None => match payload.extra.get() {
            Some(extra) if vm.dict_remove(&extra, key)?.is_some() => Ok(()),
            _ => Err(vm.key_error(key)),
        },
    }
}

fn proxy_method(vm: &Vm, proxy: &Obj, name: &str, args: Args<'_>) -> PyResult {
    let dict = vm.proxy_dict(proxy)?;
    vm.call_method(&dict, name, args.pos())
}

fn proxy_update(vm: &Vm, proxy: &Obj, args: Args<'_>) -> PyResult {
    let given = &args.pos()[0];
    if given.get::<heap::Dict>().is_none() && given.get::<LocalsProxy>().is_none() {
        return Err(vm.type_error("update() argument must be dict or another FrameLocalsProxy"));
    }
    let other = vm.dict();
    vm.call_method(&other, "update", std::slice::from_ref(given))?;
    for (key, value) in vm.dict_items(&other) {
        proxy_set(vm, proxy, &key, Some(&value))?;
    }
    Ok(vm.none())
}

fn proxy_setdefault(vm: &Vm, proxy: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "setdefault", 1, 2)?;
    let dict = vm.proxy_dict(proxy)?;
    if let Some(found) = vm.dict_get(&dict, &args[0])? {
        return Ok(found);
    }
    let value = args.get(1).cloned().unwrap_or_else(|| vm.none());
    proxy_set(vm, proxy, &args[0], Some(&value))?;
    Ok(value)
}

fn proxy_pop(vm: &Vm, proxy: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "pop", 1, 2)?;
    if vm.is_variable(proxy, &args[0])? {
        return Err(vm.value_error("cannot remove local variables from FrameLocalsProxy"));
    }
    let extra = proxy.get::<LocalsProxy>().and_then(LocalsProxy::frame).and_then(|obj| frame_object(&obj).extra.get());
    let found = match extra {
        Some(extra) => vm.dict_remove(&extra, &args[0])?,
        None => None,
    };
    match found.or_else(|| args.get(1).cloned()) {
        Some(value) => Ok(value),
        None => Err(vm.key_error(&args[0])),
    }
}

fn proxy_repr(vm: &Vm, proxy: &Obj) -> PyResult {
    // The variables may hold another proxy of the same frame: the frame is what is entered.
    let Some(frame) = proxy.get::<LocalsProxy>().and_then(LocalsProxy::frame) else { return Ok(vm.str("{}")) };
    if vm.repr_enter(&frame) {
        return Ok(vm.str("{...}"));
    }
    let result = vm.proxy_dict(proxy).and_then(|dict| vm.repr(&dict));
    vm.repr_leave(&frame);
    result
}

fn proxy_compare(vm: &Vm, proxy: &Obj, other: &Obj, how: crate::Compare) -> PyResult {
    if proxy.get::<LocalsProxy>().is_none() {
        return Ok(vm.not_implemented());
    }
    let mine = vm.proxy_dict(proxy)?;
    if other.get::<LocalsProxy>().is_some() {
        let theirs = vm.proxy_dict(other)?;
        return vm.compare(&mine, &theirs, how);
    }
    vm.compare(&mine, other, how)
}

/// `proxy | mapping` and `mapping | proxy`: a dict.
fn proxy_or(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
    if right.get::<LocalsProxy>().is_none() && right.get::<heap::Dict>().is_none() {
        return Ok(vm.not_implemented());
    }
    let dict = vm.dict();
    for part in [left, right] {
        vm.call_method(&dict, "update", std::slice::from_ref(part))?;
    }
    Ok(dict)
}

fn proxy_in_place_or(vm: &Vm, proxy: &Obj, other: &Obj) -> PyResult {
    let items = vm.dict();
    vm.call_method(&items, "update", std::slice::from_ref(other))?;
    for (key, value) in vm.dict_items(&items) {
        proxy_set(vm, proxy, &key, Some(&value))?;
    }
    Ok(proxy.clone())
}

/// `FrameLocalsProxy`.
pub static FRAME_LOCALS_PROXY: ClassSpec = ClassSpec {
    name: "FrameLocalsProxy",
    base: Some(&crate::objects::object::OBJECT),
    kind: kinds::FRAME_LOCALS_PROXY,
    flags: flags::HAVE_GC | flags::MAPPING,
    slots: |slots| {
        slots.new.set(Some(proxy_new));
        slots.repr.set(Some(proxy_repr));
        slots.subscript.set(Some(proxy_get));
        slots.ass_subscript.set(Some(proxy_set));
        slots.len.set(Some(|vm, proxy| vm.len(&vm.proxy_dict(proxy)?)));
        slots.contains.set(Some(|vm, proxy, key| vm.contains(&vm.proxy_dict(proxy)?, key)));
        slots.iter.set(Some(|vm, proxy| vm.iter(&vm.call_method(&vm.proxy_dict(proxy)?, "keys", &[])?)));
        slots.richcompare.set(Some(proxy_compare));
        slots.binary[Operator::Or as usize].set(Some(proxy_or));
        slots.in_place[Operator::Or as usize].set(Some(proxy_in_place_or));
        slots.hash.set(Some(crate::protocol::compare::unhashable));
    },
    methods: &[
        Method::new("get", |vm, p, args| proxy_method(vm, p, "get", args), Convention::Positional),
        Method::new("keys", |vm, p, args| vm.list_from_method(p, "keys", args), Convention::NoArgs),
        Method::new("values", |vm, p, args| vm.list_from_method(p, "values", args), Convention::NoArgs),
        Method::new("items", |vm, p, args| vm.list_from_method(p, "items", args), Convention::NoArgs),
        Method::new("copy", |vm, p, _| vm.proxy_dict(p), Convention::NoArgs),
        Method::new("update", proxy_update, Convention::One),
        Method::new("setdefault", proxy_setdefault, Convention::Positional),
        Method::new("pop", proxy_pop, Convention::Positional),
        Method::new("__reversed__", |vm, p, args| vm.list_from_method(p, "__reversed__", args), Convention::NoArgs),
    ],
    getset: &[],
    basicsize: 24,
    itemsize: 0,
    doc: "FrameLocalsProxy($frame)",
};

impl Vm {
    fn list_from_method(&self, proxy: &Obj, name: &str, args: Args<'_>) -> PyResult {
        let view = proxy_method(self, proxy, name, args)?;
        Ok(self.list(self.to_vec(&view)?))
    }
}
