//! Line ends: what a stream's `newline` means, and `IncrementalNewlineDecoder` (`Modules/_io/textio.c`).

use std::cell::Cell;

use heap::{Bytes, Kind, Obj, Slot, Str};

use crate::class::{ClassSpec, Convention, GetSet, Method, Slots, flags};
use crate::objects::leaf::text_of;
use crate::{Args, PyResult, Signature, Vm, kinds};

/// How a text stream treats line ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Newline {
    /// `None`: all are read as `\n`, and `\n` is written as the system's, which is `\n`.
    Universal,
    /// `""`: all end a line, and none is changed.
    Untranslated,
    /// One of `\n`, `\r`, `\r\n`: only this ends a line, and `\n` is written so.
    Only(&'static str),
}

impl Newline {
    /// From the argument of a stream; `quoted`: a wrong one is shown by its repr.
    pub(super) fn from_arg(vm: &Vm, given: Option<&Obj>, type_text: &str, quoted: bool) -> PyResult<Newline> {
        let Some(given) = given.filter(|given| !given.is(&vm.consts.none)) else { return Ok(Newline::Universal) };
        if given.get::<Str>().is_none() {
            return Err(vm.type_error(format!("{type_text}{}", vm.type_name(given))));
        }
        Ok(match text_of(given) {
            b"" => Newline::Untranslated,
            b"\n" => Newline::Only("\n"),
            b"\r" => Newline::Only("\r"),
            b"\r\n" => Newline::Only("\r\n"),
            _ => {
                let shown = if quoted { vm.repr_text(given)? } else { vm.lossy(given) };
                return Err(vm.value_error(format!("illegal newline value: {shown}")));
            }
        })
    }

    /// A text as it is written.
    pub(super) fn written(self, text: &[u8]) -> std::borrow::Cow<'_, [u8]> {
        match self {
            Newline::Only(end @ ("\r" | "\r\n")) if text.contains(&b'\n') => {
                let mut out = Vec::with_capacity(text.len() + 8);
                for &byte in text {
                    if byte == b'\n' { out.extend_from_slice(end.as_bytes()) } else { out.push(byte) }
                }
                out.into()
            }
            _ => text.into(),
        }
    }

    /// Where the first line of a text ends, its end counted in; nothing if no line ends here for sure. `last`: nothing follows.
    pub(super) fn find(self, text: &[u8], last: bool) -> Option<usize> {
        match self {
            Newline::Only("\n") => memchr::memchr(b'\n', text).map(|at| at + 1),
            Newline::Only("\r") => memchr::memchr(b'\r', text).map(|at| at + 1),
            Newline::Only(_) => memchr::memmem::find(text, b"\r\n").map(|at| at + 2),
            _ => match memchr::memchr2(b'\n', b'\r', text)? {
                at if text[at] == b'\n' => Some(at + 1),
                at if text.get(at + 1) == Some(&b'\n') => Some(at + 2),
                // The `\n` of a `\r\n` may still come.
                at if at + 1 == text.len() && !last => None,
                at => Some(at + 1),
            },
        }
    }
}

/// `\r\n`, `\r` and `\n` as they were seen.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Seen {
    lf: bool,
    cr: bool,
    crlf: bool,
}

impl Seen {
    /// Looks at a text.
    pub(super) fn look(&mut self, text: &[u8]) {
        let mut rest = text;
        while let Some(at) = memchr::memchr2(b'\n', b'\r', rest) {
            let crlf = rest[at] == b'\r' && rest.get(at + 1) == Some(&b'\n');
            match rest[at] {
                b'\n' => self.lf = true,
                _ if crlf => self.crlf = true,
                _ => self.cr = true,
            }
            if self.lf && self.cr && self.crlf {
                return;
            }
            rest = &rest[at + 1 + usize::from(crlf)..];
            // Most texts have one kind of line ends only; then there is nothing more to learn from plain `\n`.
            if self.lf && memchr::memchr(b'\r', rest).is_none() {
                return;
            }
        }
    }

    /// `newlines` of a stream.
    pub(super) fn object(self, vm: &Vm) -> Obj {
        let mut all: Vec<Obj> =
            [(self.cr, "\r"), (self.lf, "\n"), (self.crlf, "\r\n")].iter().filter(|(seen, _)| *seen).map(|(_, end)| vm.str(end)).collect();
        match all.len() {
            0 => vm.none(),
            1 => all.remove(0),
            _ => vm.tuple(all),
        }
    }
}

/// All line ends as `\n`.
pub(super) fn translated(text: &[u8]) -> std::borrow::Cow<'_, [u8]> {
    if memchr::memchr(b'\r', text).is_none() {
        return text.into();
    }
    let mut out = Vec::with_capacity(text.len());
    for (i, &byte) in text.iter().enumerate() {
        match byte {
            b'\r' => out.push(b'\n'),
            b'\n' if i > 0 && text[i - 1] == b'\r' => {}
            _ => out.push(byte),
        }
    }
    out.into()
}

/// The payload of an `IncrementalNewlineDecoder`.
pub(crate) struct NewlineDecoder {
    decoder: Slot,
    errors: Slot,
    translate: Cell<bool>,
    /// A `\r` at the end of what came is kept until it is known what follows.
    pending: Cell<bool>,
    seen: Cell<Seen>,
}

crate::payload!(NewlineDecoder, Kind(kinds::MODULES.0 + 72), { decoder, errors });

pub(crate) static NEWLINE_DECODER: ClassSpec = ClassSpec {
    name: "_io.IncrementalNewlineDecoder",
    base: None,
    kind: <NewlineDecoder as heap::Payload>::KIND,
    flags: flags::CONTAINER,
    slots,
    methods: &[
        Method::new("decode", decode, Convention::Keywords).signature("($self, /, input, final=False)"),
        Method::new("getstate", getstate, Convention::NoArgs).signature("($self, /)"),
        Method::new("setstate", setstate, Convention::One).signature("($self, state, /)"),
        Method::new("reset", reset, Convention::NoArgs).signature("($self, /)"),
    ],
    getset: &[
        GetSet::new("newlines", |vm, this| Ok(own(this).seen.get().object(vm))),
        GetSet::new("errors", |vm, this| Ok(own(this).errors.get().unwrap_or_else(|| vm.none()))),
    ],
    basicsize: 40,
    itemsize: 0,
    doc: "IncrementalNewlineDecoder(decoder, translate, errors='strict')\n--\n\n",
};

fn slots(s: &Slots) {
    s.new.set(Some(|vm, class, _| {
        Ok(vm.new_object(
            class,
            NewlineDecoder {
                decoder: Slot::empty(),
                errors: Slot::empty(),
                translate: Cell::new(false),
                pending: Cell::new(false),
                seen: Cell::default(),
            },
        ))
    }));
    s.init.set(Some(|vm, this, args| {
        static SIGNATURE: Signature = Signature {
            name: "IncrementalNewlineDecoder",
            params: &["decoder", "translate", "errors"],
            positional_only: 0,
            positional: 3,
            required: 2,
        };
        let [decoder, translate, errors] = args.bind(vm, &SIGNATURE)?;
        let payload = own(this);
        drop(payload.decoder.replace(decoder.filter(|decoder| !decoder.is(&vm.consts.none)).cloned()));
        payload.errors.set(errors.cloned().unwrap_or_else(|| vm.str("strict")));
        payload.translate.set(translate.map_or(Ok(false), |translate| vm.is_true(translate))?);
        Ok(())
    }));
}

fn own(this: &Obj) -> &NewlineDecoder {
    this.get::<NewlineDecoder>().expect("a method of a newline decoder gets one")
}

fn decode(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature = Signature { name: "decode", params: &["input", "final"], positional_only: 0, positional: 2, required: 1 };
    let [input, last] = args.bind(vm, &SIGNATURE)?;
    let input = input.expect("a required parameter is there");
    let last = last.map_or(Ok(false), |last| vm.is_true(last))?;
    let payload = own(this);
    let text = match payload.decoder.get() {
        Some(decoder) => vm.call_method(&decoder, "decode", &[input.clone(), vm.bool(last)])?,
        None => input.clone(),
    };
    if text.get::<Str>().is_none() {
        return Err(vm.type_error(format!("decoder should return a string result, not '{}'", vm.type_name(&text))));
    }
    let mut out = text_of(&text).to_vec();
    if payload.pending.get() && (last || !out.is_empty()) {
        out.insert(0, b'\r');
        payload.pending.set(false);
    }
    if !last && out.last() == Some(&b'\r') {
        out.pop();
        payload.pending.set(true);
    }
    let mut seen = payload.seen.get();
    seen.look(&out);
    payload.seen.set(seen);
    Ok(if payload.translate.get() { vm.str_from_bytes(&translated(&out)) } else { vm.str_from_bytes(&out) })
}

fn getstate(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    let payload = own(this);
    let (buffer, flag) = match payload.decoder.get() {
        Some(decoder) => {
            let state = vm.call_method(&decoder, "getstate", &[])?;
            match state.get::<heap::Tuple>().map(heap::Tuple::items) {
                Some([buffer, flag]) => (buffer.clone(), vm.index_isize(flag)?),
                _ => return Err(vm.type_error("illegal decoder state")),
            }
        }
        None => (vm.consts.empty_bytes.clone(), 0),
    };
    Ok(vm.tuple(vec![buffer, vm.int((flag as i64) << 1 | i64::from(payload.pending.get()))]))
}

fn setstate(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let (payload, state) = (own(this), &args.pos()[0]);
    let Some([buffer, flag]) = state.get::<heap::Tuple>().map(heap::Tuple::items) else {
        return Err(vm.type_error("state argument must be a tuple"));
    };
    if buffer.get::<Bytes>().is_none() {
        return Err(vm.type_error("illegal decoder state"));
    }
    let flag = vm.index_isize(flag)? as i64;
    payload.pending.set(flag & 1 != 0);
    match payload.decoder.get() {
        Some(decoder) => vm.call_method(&decoder, "setstate", &[vm.tuple(vec![buffer.clone(), vm.int(flag >> 1)])]),
        None => Ok(vm.none()),
    }
}

fn reset(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    let payload = own(this);
    payload.seen.set(Seen::default());
    payload.pending.set(false);
    match payload.decoder.get() {
        Some(decoder) => vm.call_method(&decoder, "reset", &[]),
        None => Ok(vm.none()),
    }
}
