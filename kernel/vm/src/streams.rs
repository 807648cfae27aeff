//! Writing for the machine's own purposes: through `sys.stdout` and `sys.stderr` as a program has them, or straight to the host.

use heap::Obj;

use crate::host::Stream;
use crate::objects::struct_sequence;
use crate::{PyResult, Vm};

impl Vm {
    /// A stream of `sys`, if it is there and not `None`.
    fn stream(&self, name: &str) -> Option<Obj> {
        self.dict_get_str(&self.sys.get()?, name).filter(|stream| !stream.is(&self.consts.none))
    }

    /// Writes a text and a line end to `sys.stdout`.
    pub(crate) fn print_line(&self, text: &Obj) -> PyResult<()> {
        let Some(stdout) = self.stream("stdout") else { return Err(self.runtime_error("lost sys.stdout")) };
        self.call_method(&stdout, "write", std::slice::from_ref(text))?;
        self.call_method(&stdout, "write", &[self.str("\n")])?;
        Ok(())
    }

    /// Writes to `sys.stderr`, or to the host if that fails: an error must be told somewhere.
    pub fn write_stderr(&self, text: &str) {
        let told = self.stream("stderr").is_some_and(|stderr| {
            let written = self.call_method(&stderr, "write", &[self.heap.str(text)]);
            written.and_then(|_| self.call_method(&stderr, "flush", &[])).is_ok()
        });
        if !told {
            // There is nobody left to tell.
            let _ = self.host.write(Stream::Stderr, text.as_bytes());
        }
    }

    /// Hands on what `sys.stdout` and `sys.stderr` hold back.
    pub fn flush_streams(&self) {
        for name in ["stdout", "stderr"] {
            if let Some(stream) = self.stream(name) {
                drop(self.call_method(&stream, "flush", &[]));
            }
        }
        let _ = self.host.flush(Stream::Stdout);
        let _ = self.host.flush(Stream::Stderr);
    }

    /// An exception that cannot go anywhere: in a finalizer, a callback (`sys.unraisablehook`, `PyErr_FormatUnraisable`).
    pub(crate) fn report_unraisable(&self, message: Option<&str>, object: Option<&Obj>, exception: &Obj) {
        // An exception that passed no frame is told as one of the frame that runs.
        if self.exception(exception).traceback.is_empty()
            && let Some(frame) = self.thread.visible()
        {
            self.add_traceback(frame, exception);
        }
        let hook = self.sys.get().and_then(|sys| self.dict_get_str(&sys, "unraisablehook"));
        let own = self.sys.get().and_then(|sys| self.dict_get_str(&sys, "__unraisablehook__"));
        match (hook, own) {
            (Some(hook), Some(own)) if !hook.is(&own) && !hook.is(&self.consts.none) => {
                if let Err(raised) = self.unraisable_args(message, object, exception).and_then(|args| self.call(&hook, &[args])) {
                    self.print_unraisable(Some("Exception ignored in sys.unraisablehook"), Some(&hook), &raised.0);
                }
            }
            _ => self.print_unraisable(message, object, exception),
        }
    }

    /// What `sys.unraisablehook` gets: `sys.UnraisableHookArgs`.
    fn unraisable_args(&self, message: Option<&str>, object: Option<&Obj>, exception: &Obj) -> PyResult {
        let none = || self.none();
        let values = vec![
            self.class_of(exception),
            exception.clone(),
            self.exception(exception).traceback.get().unwrap_or_else(none),
            message.map_or_else(none, |message| self.str(message)),
            object.cloned().unwrap_or_else(none),
        ];
        match self.state.unraisable_args.get() {
            Some(class) => Ok(struct_sequence::of_class(self, &class, values)),
            None => Err(self.runtime_error("there is no sys yet")),
        }
    }

    /// What the default hook prints (`default_unraisablehook`).
    pub(crate) fn print_unraisable(&self, message: Option<&str>, object: Option<&Obj>, exception: &Obj) {
        let mut text = String::new();
        match object {
            Some(object) => {
                let shown = self.repr(object).map_or_else(|_| "<object repr() failed>".to_owned(), |shown| self.lossy(&shown));
                text += &format!("{}: {shown}\n", message.unwrap_or("Exception ignored in"));
            }
            None => {
                if let Some(message) = message {
                    text += &format!("{message}:\n");
                }
            }
        }
        let has_traceback = self.exception(exception).traceback.get().is_some();
        let told = if has_traceback { self.format_exception(exception) } else { self.format_exception_only(exception) };
        // This is printed by CPython's C code, which since 3.13 marks no columns.
        let marked = self.version < compile::Version::V3_13;
        for line in told.split_inclusive('\n') {
            let marks = line.trim();
            if marked || marks.is_empty() || !marks.chars().all(|c| matches!(c, '^' | '~')) {
                text += line;
            }
        }
        self.write_stderr(&text);
    }

    /// A line of a source file, for tracebacks: from `linecache`, the embedded library, or the host's files. Without its line end.
    pub fn source_line(&self, filename: &str, line: usize) -> Option<String> {
        let from = |text: &str| text.lines().nth(line.checked_sub(1)?).map(str::to_owned);
        if let Some(text) = self.sources.borrow().get(filename) {
            return from(text);
        }
        let text = match crate::import::embedded_module(filename) {
            Some(module) => match self.added.borrow().get(&*module) {
                Some((_, text)) => (*text).to_owned(),
                None => self.library_source(&module)?.text,
            },
            None if filename.starts_with('<') => return None,
            None => String::from_utf8_lossy(&self.host.read_file(std::path::Path::new(filename)).ok()?).into_owned(),
        };
        let found = from(&text);
        self.sources.borrow_mut().insert(filename.to_owned(), text);
        found
    }

    /// Remembers the source of a cell, so that tracebacks can show its lines.
    pub fn remember_source(&self, filename: &str, text: &str) {
        self.sources.borrow_mut().insert(filename.to_owned(), text.to_owned());
    }
}
