//! `traceback`: the frames that an exception has passed (`Python/traceback.c`). Printing is told in `traceback.rs` of the crate.

use std::cell::Cell;

use heap::{Obj, Slot};

use crate::class::{ClassSpec, Convention, GetSet, Method, flags};
use crate::frame::Frame;
use crate::objects::exception::Exception;
use crate::objects::frame::FrameObject;
use crate::{Args, PyResult, Signature, Vm, kinds};

/// The payload of a traceback.
#[derive(Default)]
pub struct Traceback {
    /// `tb_next`, or empty.
    pub next: Slot,
    /// `tb_frame`.
    pub frame: Slot,
    /// The index of the instruction that raised; -1: not known.
    pub index: Cell<i32>,
    /// `tb_lineno`; -1: none.
    pub line: Cell<i32>,
}

crate::payload!(Traceback, kinds::TRACEBACK, { next, frame }, clear [next, frame]);

impl Traceback {
    /// The code of the frame.
    pub fn code(&self) -> Option<Obj> {
        let frame = self.frame.get()?;
        frame.get::<FrameObject>().map(FrameObject::code)
    }

    /// Where in the source the raising instruction stands.
    pub fn location(&self, vm: &Vm) -> compile::Location {
        let found = self.code().and_then(|code| vm.code(&code).code.locations.get(usize::try_from(self.index.get()).ok()?).copied());
        found.unwrap_or(compile::Location::line(self.line.get()))
    }
}

impl Vm {
    /// `PyTraceBack_Here`: the exception has passed this frame.
    pub(crate) fn add_traceback(&self, frame: &Frame, exception: &Obj) {
        let Some(payload) = exception.get::<Exception>() else { return };
        let entry = Traceback {
            next: payload.traceback.take().into(),
            frame: self.frame_object(frame).into(),
            index: Cell::new(frame.lasti() as i32),
            line: Cell::new(frame.line().unwrap_or(-1)),
        };
        drop(payload.traceback.replace(Some(self.heap.alloc(entry).tracked())));
    }
}

fn traceback(obj: &Obj) -> &Traceback {
    obj.get::<Traceback>().expect("a traceback has the payload of one")
}

fn lasti(vm: &Vm, tb: &Obj) -> PyResult {
    let tb = traceback(tb);
    let offset =
        tb.code().zip(usize::try_from(tb.index.get()).ok()).map(|(code, index)| i64::from(vm.code(&code).offsets().byte_offset(index)));
    Ok(vm.int(offset.unwrap_or(-1)))
}

fn set_next(vm: &Vm, tb: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let Some(value) = value else { return Err(vm.type_error("can't delete tb_next attribute")) };
    if value.is(&vm.consts.none) {
        drop(traceback(tb).next.take());
        return Ok(());
    }
    if value.get::<Traceback>().is_none() {
        return Err(vm.type_error(format!("expected traceback object or None, got '{}'", vm.type_name(value))));
    }
    let mut at = Some(value.clone());
    while let Some(here) = at {
        if here.is(tb) {
            return Err(vm.value_error("traceback loop detected"));
        }
        at = traceback(&here).next.get();
    }
    drop(traceback(tb).next.replace(Some(value.clone())));
    Ok(())
}

fn new(vm: &Vm, _class: &Obj, args: Args<'_>) -> PyResult {
    let signature = Signature {
        name: "traceback",
        params: &["tb_next", "tb_frame", "tb_lasti", "tb_lineno"],
        positional_only: 0,
        positional: 4,
        required: 4,
    };
    let [next, frame, lasti, line] = args.bind::<4>(vm, &signature)?.map(|arg| arg.expect("all four are required"));
    if !next.is(&vm.consts.none) && next.get::<Traceback>().is_none() {
        return Err(vm.type_error(format!("expected traceback object or None, got '{}'", vm.type_name(next))));
    }
    let Some(payload) = frame.get::<FrameObject>() else {
        return Err(vm.type_error(format!("traceback() argument 'tb_frame' must be frame, not {}", vm.type_name(frame))));
    };
    let code = payload.code();
    let offset = vm.index_isize(lasti)?;
    let index = usize::try_from(offset).ok().and_then(|offset| {
        let starts = &vm.code(&code).offsets().starts;
        starts[..starts.len() - 1].iter().rposition(|&start| start as usize * 2 <= offset)
    });
    let index = index.map_or(-1, |index| index as i32);
    let entry = Traceback {
        next: Some(next.clone()).filter(|next| !next.is(&vm.consts.none)).into(),
        frame: frame.clone().into(),
        index: Cell::new(index),
        line: Cell::new(vm.index_isize(line)? as i32),
    };
    Ok(vm.heap.alloc(entry).tracked())
}

fn dir(vm: &Vm, _: &Obj, _: Args<'_>) -> PyResult {
    Ok(vm.list(["tb_frame", "tb_next", "tb_lasti", "tb_lineno"].map(|name| vm.intern(name)).into()))
}

/// `traceback`.
pub static TRACEBACK: ClassSpec = ClassSpec {
    name: "traceback",
    base: Some(&crate::objects::object::OBJECT),
    kind: kinds::TRACEBACK,
    flags: flags::HAVE_GC,
    slots: |slots| slots.new.set(Some(new)),
    methods: &[Method::new("__dir__", dir, Convention::NoArgs).signature("($self, /)")],
    getset: &[
        GetSet::with_set("tb_next", |vm, tb| Ok(traceback(tb).next.get().unwrap_or_else(|| vm.none())), set_next),
        GetSet::member("tb_frame", |vm, tb| Ok(traceback(tb).frame.get().unwrap_or_else(|| vm.none()))),
        GetSet::member("tb_lasti", lasti),
        GetSet::new("tb_lineno", |vm, tb| {
            Ok(if traceback(tb).line.get() < 0 { vm.none() } else { vm.int(traceback(tb).line.get().into()) })
        }),
    ],
    basicsize: 40,
    itemsize: 0,
    doc: "traceback(tb_next, tb_frame, tb_lasti, tb_lineno)\n--\n\n",
};
