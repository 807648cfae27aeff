//! Frames: the calls in progress, and the data stack on which they stand.
//!
//! A frame is a header and then its places: locals, cells, free variables, and the evaluation stack. Frames of running functions stand in
//! the chunks of a [`Thread`]; a generator's frame, and one that outlives its call because a frame object shows it, has memory of its own.
//! Invariant: places below the stack pointer hold a reference or nothing, those above are garbage. Follows `pycore_frame.h` and `frame.c`.

#![expect(unsafe_code, reason = "places on the stack are raw memory: measured, and the collector never looks at running frames")]

use std::alloc::Layout;
use std::cell::{Cell, RefCell};
use std::mem::{ManuallyDrop, MaybeUninit};
use std::ptr;

use compile::Version;
use heap::{Label, LabelledVisit, Obj, Slot, StackRef, Trash};

use crate::Vm;
use crate::objects::code::{CodeObject, Instr};
use crate::objects::function::Function;
use crate::objects::generator::Gen;

/// Who frees a frame's memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(crate) enum Owner {
    Thread,
    Generator,
    FrameObject,
}

/// The machine's loop returns to Rust when this frame ends.
pub(crate) const ENTRY: u8 = 1;
/// An `__init__` whose object waits on the caller's stack; the result must be `None`.
pub(crate) const INIT: u8 = 2;

/// A call in progress. Its places follow in memory.
#[repr(C)]
pub(crate) struct Frame {
    /// Where it stands: the instruction that runs, or that ran last.
    pub(crate) ip: Cell<*mut Instr>,
    /// The first free place, while the frame does not run.
    pub(crate) sp: Cell<*mut StackRef>,
    /// Where a call in progress returns to.
    pub(crate) return_to: Cell<*mut Instr>,
    pub(crate) previous: Cell<*const Frame>,
    /// The code object.
    pub(crate) code: Obj,
    /// The function; nothing for module and class bodies that run without one.
    pub(crate) func: StackRef,
    /// Borrowed from the function.
    pub(crate) globals: ManuallyDrop<Obj>,
    /// Borrowed from the function.
    pub(crate) builtins: ManuallyDrop<Obj>,
    /// The namespace of a module or class body.
    pub(crate) locals: Slot,
    /// The frame object, once somebody has asked for it.
    pub(crate) frame_obj: Slot,
    /// The generator, if it owns this frame.
    pub(crate) generator: Cell<*const Gen>,
    pub(crate) places: u32,
    pub(crate) owner: Cell<Owner>,
    pub(crate) flags: Cell<u8>,
}

const HEADER: usize = size_of::<Frame>() / 8;
const _: () = assert!(size_of::<Frame>().is_multiple_of(8) && align_of::<Frame>() == 8 || size_of::<usize>() != 8);

impl Frame {
    /// The places.
    #[inline(always)]
    pub(crate) fn local(&self, index: usize) -> *mut StackRef {
        ptr::from_ref(self).cast_mut().wrapping_add(1).cast::<StackRef>().wrapping_add(index)
    }

    #[inline(always)]
    pub(crate) fn code(&self) -> &CodeObject {
        // SAFETY: a frame's code is a code object.
        unsafe { self.code.payload_unchecked::<CodeObject>() }
    }

    /// The bottom of the evaluation stack.
    #[inline(always)]
    pub(crate) fn stack_base(&self) -> *mut StackRef {
        self.local(self.code().n_locals)
    }

    /// The function, if there is one.
    pub(crate) fn function(&self) -> Option<&Function> {
        // The place keeps the function alive as long as the frame.
        self.func.get().and_then(|func| {
            let payload: *const Function = func.get::<Function>()?;
            // SAFETY: see above.
            Some(unsafe { &*payload })
        })
    }

    /// The namespace of a module or class body, which stays as long as the frame runs.
    #[inline]
    pub(crate) fn namespace(&self) -> Option<&Obj> {
        // SAFETY: nothing empties the slot before the frame's end.
        unsafe { self.locals.borrow() }
    }

    /// The index of the instruction that runs.
    pub(crate) fn lasti(&self) -> usize {
        // SAFETY: `ip` points into the code's instructions.
        unsafe { self.ip.get().offset_from(self.code().instrs()) as usize }
    }

    /// The line that runs.
    pub(crate) fn line(&self) -> Option<i32> {
        self.code().line_of(self.lasti())
    }

    /// Whether the frame has not come to its first line yet (`_PyFrame_IsIncomplete`): Python code does not see it.
    pub(crate) fn is_incomplete(&self) -> bool {
        self.owner.get() == Owner::Thread && self.lasti() < self.code().first_traceable
    }

    /// The frame itself, or the first one below that Python code can see (`_PyFrame_GetFirstComplete`).
    pub(crate) fn first_complete<'a>(at: *const Frame) -> Option<&'a Frame> {
        let mut at = at;
        loop {
            // SAFETY: frames below a running one are alive.
            let frame = unsafe { at.as_ref() }?;
            if !frame.is_incomplete() {
                return Some(frame);
            }
            at = frame.previous.get();
        }
    }

    /// Visits what the frame refers to, in CPython's order (`_PyFrame_Traverse`). Places that borrow a mortal object count for nothing.
    pub(crate) fn traverse(&self, visit: &mut dyn FnMut(&Obj)) {
        // SAFETY: a visitor looks and changes nothing; places below the stack pointer are initialised.
        unsafe {
            self.frame_obj.borrow().into_iter().for_each(&mut *visit);
        }
        self.traverse_contents(true, visit);
    }

    /// As [`Frame::traverse`], without the frame's object, and perhaps without its code.
    pub(crate) fn traverse_contents(&self, with_code: bool, visit: &mut dyn FnMut(&Obj)) {
        // SAFETY: as in `traverse`.
        unsafe {
            self.locals.borrow().into_iter().for_each(&mut *visit);
            if !self.func.is_null() && !self.func.is_borrowed() {
                visit(&self.func.obj());
            }
            if with_code {
                visit(&self.code);
            }
            let mut at = self.local(0);
            while at < self.sp.get() {
                // What lives for ever is borrowed, too, but no count of it can be taken away (`_PyGC_VisitStackRef`).
                if !(*at).is_null() && (!(*at).is_borrowed() || (*at).look().is_immortal()) {
                    visit(&(*at).obj());
                }
                at = at.add(1);
            }
        }
    }

    /// As [`Frame::traverse`], with what a picture writes at each arrow.
    pub(crate) fn holds(&self, visit: LabelledVisit<'_>) {
        // SAFETY: a visitor looks and changes nothing; places below the stack pointer are initialised.
        unsafe {
            self.frame_obj.borrow().into_iter().for_each(|held| visit(Label::Field("frame"), held));
        }
        self.holds_contents(true, visit);
    }

    /// As [`Frame::traverse_contents`], with what a picture writes at each arrow.
    pub(crate) fn holds_contents(&self, with_code: bool, visit: LabelledVisit<'_>) {
        // SAFETY: as in `holds`.
        unsafe {
            self.locals.borrow().into_iter().for_each(|held| visit(Label::Field("f_locals"), held));
            if !self.func.is_null() && !self.func.is_borrowed() {
                visit(Label::Field("f_func"), &self.func.obj());
            }
            if with_code {
                visit(Label::Field("__code__"), &self.code);
            }
            let (mut at, mut place) = (self.local(0), 0);
            while at < self.sp.get() {
                if !(*at).is_null() && !(*at).is_borrowed() {
                    visit(Label::Local(place), &(*at).obj());
                }
                (at, place) = (at.add(1), place + 1);
            }
        }
    }

    /// Whether it is a generator's that waits.
    pub(crate) fn waits(&self) -> bool {
        let generator = self.generator.get();
        // SAFETY: a generator outlives its frame.
        self.owner.get() == Owner::Generator && unsafe { generator.as_ref() }.is_some_and(Gen::waits)
    }

    /// Gives all locals and the stack away, in the order of this version.
    pub(crate) fn give_places(&self, version: Version, trash: &mut Trash<'_>) {
        let (mut low, mut high) = (self.local(0), self.sp.get());
        self.sp.set(low);
        // SAFETY: every place is moved out once.
        unsafe {
            while low < high {
                let place = if version >= Version::V3_14 {
                    high = high.sub(1);
                    high
                } else {
                    low = low.add(1);
                    low.sub(1)
                };
                if (*place).is_borrowed() || (*place).is_null() {
                    place.write(StackRef::NULL);
                } else {
                    trash.push(place.replace(StackRef::NULL).into_obj());
                }
            }
        }
        trash.take(&self.locals);
    }
}

/// The exception that a stretch of the program is handling (`_PyErr_StackItem`): the thread has one, every generator has one.
#[derive(Default)]
pub(crate) struct ExcState {
    pub(crate) value: Slot,
    pub(crate) previous: Cell<Option<ptr::NonNull<ExcState>>>,
}

struct Chunk {
    data: Box<[MaybeUninit<u64>]>,
    /// Where the chunk before this one stopped.
    before: (*mut u64, *mut u64),
}

/// The calls in progress of a machine.
pub(crate) struct Thread {
    top: Cell<*mut u64>,
    limit: Cell<*mut u64>,
    chunks: RefCell<Vec<Chunk>>,
    spare: RefCell<Option<Chunk>>,
    pub(crate) current: Cell<*const Frame>,
    base_exc: ExcState,
    exc: Cell<Option<ptr::NonNull<ExcState>>>,
    /// How many more Python calls may nest.
    pub(crate) remaining: Cell<isize>,
    pub(crate) recursion_limit: Cell<isize>,
    /// How much deeper native code may nest in 3.12 (`C_RECURSION_LIMIT`).
    pub(crate) native_remaining: Cell<isize>,
    /// Rust's own stack must not grow below this address.
    native_floor: Cell<usize>,
    /// Where Rust's own stack stood when that was found out.
    native_top: Cell<usize>,
    /// `sys.set_asyncgen_hooks`.
    pub(crate) firstiter: Slot,
    pub(crate) finalizer: Slot,
    /// `sys.set_coroutine_origin_tracking_depth`.
    pub(crate) origin_depth: Cell<usize>,
    /// Arguments that callers keep on their stacks during a call, each with the frame of the call: up to 3.10 all of a plain call, up
    /// to 3.11 tuple and dict of one with `*` and `**`. Later versions move them into the frame.
    kept: RefCell<Vec<(*const Frame, Obj)>>,
}

impl Default for Thread {
    fn default() -> Thread {
        Thread {
            top: Cell::new(ptr::null_mut()),
            limit: Cell::new(ptr::null_mut()),
            chunks: RefCell::default(),
            spare: RefCell::default(),
            current: Cell::new(ptr::null()),
            base_exc: ExcState::default(),
            exc: Cell::new(None),
            remaining: Cell::new(1000),
            recursion_limit: Cell::new(1000),
            native_remaining: Cell::new(1498),
            native_floor: Cell::new(0),
            native_top: Cell::new(0),
            firstiter: Slot::empty(),
            finalizer: Slot::empty(),
            origin_depth: Cell::new(0),
            kept: RefCell::default(),
        }
    }
}

const CHUNK_WORDS: usize = 2048;
/// How much of Rust's stack there is, where nobody tells. In a browser the engine's own stack, of about a megabyte, ends first: of Rust's it leaves
/// 320 kB in the worst program that was measured, so that native code is kept to two thirds of that.
const NATIVE_STACK: usize = if cfg!(target_arch = "wasm32") { 200 * 1024 + NATIVE_RESERVE } else { 1_400_000 };
/// What native code may use before it looks again whether there is room.
const NATIVE_RESERVE: usize = 256 * 1024;

impl Thread {
    /// Memory for a frame on the data stack.
    #[inline(always)]
    pub(crate) fn room(&self, places: usize) -> *mut Frame {
        let words = HEADER + places;
        let at = self.top.get();
        // Addresses are compared, not pointers, because both are null at first.
        if (self.limit.get() as usize).wrapping_sub(at as usize) < words * 8 || at.is_null() {
            return self.new_chunk(words);
        }
        self.top.set(at.wrapping_add(words));
        at.cast()
    }

    #[cold]
    #[inline(never)]
    fn new_chunk(&self, words: usize) -> *mut Frame {
        let spare = self.spare.borrow_mut().take().filter(|chunk| chunk.data.len() >= words);
        let before = (self.top.get(), self.limit.get());
        let mut chunk = spare.unwrap_or_else(|| {
            // Chunks double, so that deep recursion asks the system rarely.
            let size = CHUNK_WORDS << self.chunks.borrow().len().min(7);
            Chunk { data: Box::new_uninit_slice(size.max(words)), before }
        });
        chunk.before = before;
        let base: *mut u64 = chunk.data.as_mut_ptr().cast();
        self.limit.set(base.wrapping_add(chunk.data.len()));
        self.top.set(base.wrapping_add(words));
        self.chunks.borrow_mut().push(chunk);
        base.cast()
    }

    /// Gives the memory of the topmost frame back.
    #[inline(always)]
    pub(crate) fn give_back(&self, frame: *const Frame) {
        self.top.set(frame.cast_mut().cast());
        if self.is_chunk_base(frame) {
            self.drop_chunk(frame);
        }
    }

    #[inline(always)]
    fn is_chunk_base(&self, frame: *const Frame) -> bool {
        // SAFETY: nothing else borrows the chunks meanwhile.
        let chunks = unsafe { &*self.chunks.as_ptr() };
        chunks.len() > 1 && chunks.last().is_some_and(|chunk| chunk.data.as_ptr().cast::<Frame>() == frame)
    }

    #[cold]
    #[inline(never)]
    fn drop_chunk(&self, _frame: *const Frame) {
        if let Some(chunk) = self.chunks.borrow_mut().pop() {
            self.top.set(chunk.before.0);
            self.limit.set(chunk.before.1);
            *self.spare.borrow_mut() = Some(chunk);
        }
    }

    /// The caller of `frame` keeps an argument until the call is over.
    pub(crate) fn keep_argument(&self, frame: *const Frame, argument: Obj) {
        self.kept.borrow_mut().push((frame, argument));
    }

    /// The call is over: its caller lets go of the arguments, the last one first.
    #[cold]
    pub(crate) fn release_arguments(&self, frame: *const Frame) {
        loop {
            let mut kept = self.kept.borrow_mut();
            if kept.last().is_none_or(|(of, _)| !ptr::eq(*of, frame)) {
                return;
            }
            let argument = kept.pop();
            std::mem::drop(kept);
            std::mem::drop(argument);
        }
    }

    /// The innermost frame that Python code can see.
    pub(crate) fn visible(&self) -> Option<&Frame> {
        Frame::first_complete(self.current.get())
    }

    pub(crate) fn exc_state(&self) -> &ExcState {
        // SAFETY: a generator's state is in the list only while it runs, so it is alive.
        self.exc.get().map_or(&self.base_exc, |state| unsafe { state.as_ref() })
    }

    pub(crate) fn push_exc_state(&self, state: &ExcState) {
        state.previous.set(self.exc.get());
        self.exc.set(Some(ptr::NonNull::from(state)));
    }

    pub(crate) fn pop_exc_state(&self, state: &ExcState) {
        self.exc.set(state.previous.take());
    }

    /// The exception being handled, the innermost one (`_PyErr_GetTopmostException`).
    pub(crate) fn handled(&self) -> Option<Obj> {
        let mut state = self.exc_state();
        loop {
            if let Some(value) = state.value.get() {
                return Some(value);
            }
            if ptr::eq(state, &self.base_exc) {
                return None;
            }
            // SAFETY: as in `exc_state`.
            state = state.previous.get().map_or(&self.base_exc, |state| unsafe { state.as_ref() });
        }
    }

    /// Whether Rust's stack has room for more native code. A machine never leaves its thread, so the end is looked for once.
    #[inline]
    pub(crate) fn native_room(&self) -> bool {
        let here = 0u8;
        let at = ptr::from_ref(&here) as usize;
        if self.native_floor.get() == 0 {
            let left = stacker::remaining_stack().unwrap_or(NATIVE_STACK);
            self.native_floor.set(at.saturating_sub(left.saturating_sub(NATIVE_RESERVE)).max(1));
            self.native_top.set(at);
        }
        at > self.native_floor.get()
    }

    /// How many bytes of Rust's stack the machine has in use.
    pub(crate) fn native_used(&self) -> usize {
        let here = 0u8;
        self.native_top.get().saturating_sub(ptr::from_ref(&here) as usize)
    }
}

fn layout(places: usize) -> Layout {
    Layout::from_size_align(size_of::<Frame>() + places * 8, 8).expect("a frame's size fits")
}

/// A copy of a frame in memory of its own, every place with a count of its own; the original is empty afterwards (`_PyFrame_Copy`).
///
/// # Safety
/// The frame does not run, and its header is not used again, but to give its memory back.
pub(crate) unsafe fn move_to_heap(frame: *const Frame, owner: Owner) -> *mut Frame {
    // SAFETY: the room is allocated; what is copied is forgotten by the caller.
    unsafe {
        let places = (*frame).places as usize;
        let copy = std::alloc::alloc(layout(places)).cast::<Frame>();
        if copy.is_null() {
            std::alloc::handle_alloc_error(layout(places));
        }
        ptr::copy_nonoverlapping(frame, copy, 1);
        let used = (*frame).sp.get().offset_from((*frame).local(0)) as usize;
        for i in 0..used {
            let place = (*frame).local(i).read();
            (*copy).local(i).write(if place.is_borrowed() { StackRef::owned(place.into_obj()) } else { place });
        }
        if (*copy).func.is_borrowed() {
            let func = ptr::read(&(*copy).func).into_obj();
            ptr::write(&raw mut (*copy).func, StackRef::owned(func));
        }
        (*copy).sp.set((*copy).local(used));
        (*copy).owner.set(owner);
        (*copy).previous.set(ptr::null());
        copy
    }
}

/// Frees the memory of a frame that has its own, with what is still in the header.
///
/// # Safety
/// Nobody uses the frame again.
pub(crate) unsafe fn free_heap_frame(frame: *mut Frame) {
    // SAFETY: the memory came from `move_to_heap`.
    unsafe {
        let places = (*frame).places as usize;
        ptr::drop_in_place(frame);
        std::alloc::dealloc(frame.cast(), layout(places));
    }
}

impl Vm {
    /// `_PyFrame_ClearExceptCode` and the end of its memory: the frame is over.
    ///
    /// # Safety
    /// The frame is the topmost on the data stack and `thread.current` is already the one below.
    #[inline(always)]
    pub(crate) unsafe fn end_frame(&self, frame: *const Frame) {
        // SAFETY: the caller's word.
        unsafe {
            if !(*frame).frame_obj.is_empty() && self.frame_obj_outlives(frame) {
                self.give_back(frame);
                return;
            }
            self.clear_places(&*frame);
            if !(*frame).locals.is_empty() {
                drop((*frame).locals.take());
            }
            ptr::read(&(*frame).func).close();
            let code = ptr::read(&(*frame).code);
            if self.version <= Version::V3_11 {
                self.call_is_over(frame, code);
            } else {
                code.release();
                self.thread.give_back(frame);
            }
        }
    }

    /// The memory of the topmost frame is free, and what its caller has kept for the call goes.
    #[inline(always)]
    pub(crate) fn give_back(&self, frame: *const Frame) {
        self.thread.give_back(frame);
        if self.version <= Version::V3_11 {
            self.thread.release_arguments(frame);
        }
    }

    /// Releases locals and stack: backwards from 3.14 on, forwards before.
    ///
    /// # Safety
    /// The frame does not run any more.
    #[inline(always)]
    pub(crate) unsafe fn clear_places(&self, frame: &Frame) {
        let low = frame.local(0);
        let high = frame.sp.get();
        // SAFETY: every place below the stack pointer is initialised, and taken out once.
        unsafe {
            if self.version >= Version::V3_14 {
                let mut at = high;
                while at > low {
                    at = at.sub(1);
                    frame.sp.set(at);
                    at.read().close();
                }
            } else {
                let mut at = low;
                while at < high {
                    drop(at.replace(StackRef::NULL));
                    at = at.add(1);
                }
                frame.sp.set(low);
            }
        }
    }

    /// The frame ends, and has a frame object. If somebody else holds that, the frame's contents become the object's own.
    #[cold]
    #[inline(never)]
    unsafe fn frame_obj_outlives(&self, frame: *const Frame) -> bool {
        // SAFETY: the caller's word.
        unsafe {
            let Some(obj) = (*frame).frame_obj.take() else { return false };
            if obj.refcount() > 1 {
                self.take_ownership(frame, &obj);
                drop(obj);
                return true;
            }
            drop(obj);
            false
        }
    }
}
