//! `sys.stdin`, `sys.stdout`, `sys.stderr` as a program finds them (`create_stdio` in `Python/pylifecycle.c`).

use heap::Obj;

use super::file::is_terminal;
use crate::host::Stream;
use crate::{PyResult, Vm};

/// How the standard streams are made: what `PYTHONIOENCODING` and `PYTHONUNBUFFERED` say.
#[derive(Default, Clone)]
pub struct Streams {
    /// The encoding, if not UTF-8.
    pub encoding: Option<String>,
    /// The error handler of input and output, if not `strict`.
    pub errors: Option<String>,
    /// What is written goes out at once.
    pub unbuffered: bool,
}

impl Vm {
    /// Makes the three streams and puts them in `sys`.
    pub(crate) fn make_streams(&self, how: &Streams) -> PyResult<()> {
        let Some(sys) = self.sys.get() else { return Ok(()) };
        for (fd, name) in ["stdin", "stdout", "stderr"].into_iter().enumerate() {
            let stream = self.standard_stream(fd as i32, name, how)?;
            self.dict_set_str(&sys, &format!("__{name}__"), stream.clone());
            self.dict_set_str(&sys, name, stream);
        }
        Ok(())
    }

    fn standard_stream(&self, fd: i32, name: &str, how: &Streams) -> PyResult {
        let types = &self.types;
        let writes = fd > 0;
        let mode = if writes { "w" } else { "r" };
        let raw = self.call(&types.file_io, &[self.int(fd.into()), self.str(mode), self.bool(false)])?;
        self.setattr_str(&raw, "name", Some(&self.str(&format!("<{name}>"))))?;
        let unbuffered = writes && (how.unbuffered || self.host.is_unbuffered() || self.host.is_live(Stream::Stdout));
        let buffer = if unbuffered {
            raw
        } else {
            let class = if writes { &types.buffered_writer } else { &types.buffered_reader };
            self.call(class, &[raw])?
        };
        let errors = if fd == 2 { "backslashreplace" } else { how.errors.as_deref().unwrap_or("strict") };
        let line_buffering = !unbuffered && (fd == 2 || is_terminal(self, fd));
        let words = [
            buffer,
            self.str(how.encoding.as_deref().unwrap_or("utf-8")),
            self.str(errors),
            self.str("\n"),
            self.bool(line_buffering),
            self.bool(unbuffered),
        ];
        let stream = self.call(&types.text_io, &words)?;
        self.setattr_str(&stream, "mode", Some(&self.str(mode)))?;
        Ok(stream)
    }

    /// Whether a stream is the plain text stream of CPython's `_io`, on which nobody has put a `write` of their own.
    pub(crate) fn is_plain_text_stream(&self, stream: &Obj) -> bool {
        self.class_of(stream).is(&self.types.text_io)
            && stream.extra().and_then(|extra| extra.dict()).is_none_or(|dict| self.dict_get_str(&dict, "write").is_none())
    }
}
