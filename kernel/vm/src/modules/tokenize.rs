//! `_tokenize`: the tokens of a text, one after another (`Python/Python-tokenize.c`).
//!
//! The lines are read at the first token that is asked for, all of them.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use compile::ErrorKind;
use compile::tokens::{TokenError, TokenInfo, tokens};
use heap::{Kind, Obj, Slot};

use super::ModuleSpec;
use crate::class::{ClassSpec, flags};
use crate::objects::leaf;
use crate::{Args, PyResult, Raised, Signature, Vm, kinds};

const KIND: Kind = Kind(kinds::MODULES.0 + 111);

/// The payload of a `TokenizerIter`.
pub(super) struct Tokenizer {
    readline: Slot,
    encoding: Slot,
    /// Comments and newlines that end nothing are shown.
    all: bool,
    read: Cell<bool>,
    tokens: RefCell<VecDeque<TokenInfo>>,
    error: RefCell<Option<TokenError>>,
    /// The line of the last token, which most tokens share.
    line: Slot,
}

crate::payload!(Tokenizer, KIND, { readline, encoding, line });

static TOKENIZER: ClassSpec = ClassSpec {
    name: "_tokenize.TokenizerIter",
    base: None,
    kind: KIND,
    flags: flags::HAVE_GC | flags::HEAP_TYPE,
    slots: |s| {
        s.new.set(Some(new));
        s.iter.set(Some(|_, this| Ok(this.clone())));
        s.iternext.set(Some(next));
    },
    methods: &[],
    getset: &[],
    basicsize: 64,
    itemsize: 0,
    doc: "",
};

/// `_tokenize`.
pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "_tokenize",
    functions: &[],
    init: |vm, module| {
        vm.dict_set_str(&vm.module_dict(module), "TokenizerIter", vm.late_class(&TOKENIZER));
        Ok(())
    },
};

/// Makes the payload known to a heap.
pub(super) fn register_payloads(heap: &heap::Heap) {
    heap.register::<Tokenizer>();
}

fn new(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature = Signature {
        name: "tokenizeriter",
        params: &["readline", "encoding", "extra_tokens"],
        positional_only: 0,
        positional: 1,
        required: 1,
    };
    let [readline, encoding, all] = args.bind(vm, &SIGNATURE)?;
    let payload = Tokenizer {
        readline: readline.cloned().into(),
        encoding: encoding.filter(|encoding| !encoding.is(&vm.consts.none)).cloned().into(),
        all: all.map_or(Ok(false), |all| vm.is_true(all))?,
        read: Cell::new(false),
        tokens: RefCell::default(),
        error: RefCell::default(),
        line: Slot::empty(),
    };
    Ok(vm.new_object(class, payload))
}

/// All lines, until there is none or `StopIteration` says so.
fn read(vm: &Vm, this: &Tokenizer) -> PyResult<String> {
    let Some(readline) = this.readline.get() else { return Ok(String::new()) };
    let encoding = this.encoding.get();
    let mut text = String::new();
    loop {
        let line = match vm.call(&readline, &[]) {
            Err(raised) if raised.is(vm, &vm.types.stop_iteration) => return Ok(text),
            line => line?,
        };
        let line = match (&encoding, vm.bytes_like(&line)) {
            (Some(encoding), Some(bytes)) => vm.decode(&bytes, Some(encoding), None)?,
            (Some(_), None) => return Err(vm.type_error("readline() returned a non-bytes object")),
            (None, _) if leaf::text(&line).is_none() => return Err(vm.type_error("readline() returned a non-string object")),
            (None, _) => line,
        };
        let line = vm.lossy(&line);
        if line.is_empty() {
            return Ok(text);
        }
        text += &line;
    }
}

fn next(vm: &Vm, this: &Obj) -> PyResult<Option<Obj>> {
    let this = this.get::<Tokenizer>().expect("a method of a tokenizer gets one");
    if !this.read.replace(true) {
        let (found, error) = tokens(&read(vm, this)?);
        this.tokens.replace(found.into_iter().filter(|token| this.all || !matches!(token.kind, 65 | 66)).collect());
        this.error.replace(error);
    }
    let Some(token) = this.tokens.borrow_mut().pop_front() else {
        return match this.error.take() {
            Some(error) => Err(told(vm, error)),
            None => Ok(None),
        };
    };
    let same = this.line.get().filter(|line| leaf::text(line) == Some(token.line.as_bytes()));
    let line = same.unwrap_or_else(|| vm.str(&token.line));
    this.line.set(line.clone());
    let place = |(line, column): (usize, usize)| vm.pair(vm.int(line as i64), vm.int(column as i64));
    Ok(Some(vm.tuple(vec![vm.int(token.kind.into()), vm.str(&token.text), place(token.start), place(token.end), line])))
}

fn told(vm: &Vm, error: TokenError) -> Raised {
    let class = match error.kind {
        ErrorKind::Indentation => &vm.types.indentation_error,
        ErrorKind::Tab => &vm.types.tab_error,
        _ => &vm.types.syntax_error,
    };
    let mut args = vec![vm.str(&error.message)];
    if let Some((line, column, end)) = error.place {
        let n = |n: usize| vm.int(n as i64);
        let (end_line, end) = end.map_or_else(|| (vm.none(), vm.none()), |end| (n(line), n(end)));
        args.push(vm.tuple(vec![vm.str("<string>"), n(line), n(column), vm.str(&error.line), end_line, end]));
    }
    match vm.make_exception(class, &args) {
        Ok(exception) => Raised(exception),
        Err(raised) => raised,
    }
}
