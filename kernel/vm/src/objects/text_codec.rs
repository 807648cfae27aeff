//! Encoding and decoding as Python code asks for it: names, error handlers, exceptions (`Python/codecs.c`).

use std::cell::RefCell;
use std::collections::HashMap;

use heap::{Bytes, Obj, Tuple};

use super::leaf::{integer, text, text_of};
use crate::text::encoding::{Encoding, Handler, Patch, Problem};
use crate::text::{codec, wtf8};
use crate::{PyResult, Raised, Vm};

/// What a machine remembers about text.
#[derive(Default)]
pub(crate) struct TextState {
    /// The handlers of `codecs.register_error`, by name.
    pub(crate) handlers: RefCell<HashMap<String, Obj>>,
}

/// An error handler: one of ours, or a callable.
enum Chosen {
    Builtin(Handler),
    Python(Obj),
}

impl Vm {
    fn handler(&self, errors: Option<&Obj>) -> PyResult<Chosen> {
        let name = errors.and_then(text).map_or_else(|| "strict".to_owned(), wtf8::lossy);
        if let Some(callable) = self.text.handlers.borrow().get(&name) {
            return Ok(Chosen::Python(callable.clone()));
        }
        match Handler::named(&name) {
            Some(handler) => Ok(Chosen::Builtin(handler)),
            None => Err(self.lookup_error(format!("unknown error handler name '{name}'"))),
        }
    }

    fn encoding(&self, name: Option<&Obj>) -> PyResult<Encoding> {
        let Some(name) = name.and_then(text) else { return Ok(Encoding::Utf8) };
        let name = wtf8::lossy(name);
        Encoding::named(&name).ok_or_else(|| self.lookup_error(format!("unknown encoding: {name}")))
    }

    /// `codecs.register_error(name, handler)`.
    pub fn register_error_handler(&self, name: &str, handler: &Obj) {
        let before = self.text.handlers.borrow_mut().insert(name.to_owned(), handler.clone());
        drop(before);
    }

    /// A `UnicodeEncodeError` about a text.
    pub(crate) fn unicode_encode_error(&self, source: &Obj, problem: &Problem) -> Raised {
        self.unicode_error(&self.types.unicode_encode_error, source, problem)
    }

    fn unicode_error(&self, class: &Obj, source: &Obj, problem: &Problem) -> Raised {
        let args = [self.str(problem.encoding), source.clone(), self.int(problem.start as i64), self.int(problem.end as i64), self.str(problem.reason)];
        match self.call(class, &args) {
            Ok(error) => Raised(error),
            Err(raised) => raised,
        }
    }

    /// Calls a handler made in Python: what it puts in the place, and where it goes on.
    fn call_handler(&self, handler: &Obj, error: Obj, len: usize, encoding: bool) -> PyResult<(Obj, usize)> {
        let result = self.call(handler, &[error])?;
        let items = result.get::<Tuple>().map(Tuple::items).unwrap_or_default();
        let (kind, accepted) = if encoding { ("encoding", "(str/bytes, int)") } else { ("decoding", "(str, int)") };
        let wrong = || self.type_error(format!("{kind} error handler must return {accepted} tuple"));
        let [patch, position] = items else { return Err(wrong()) };
        let fits = text(patch).is_some() || (encoding && patch.get::<Bytes>().is_some());
        let (true, Some(position)) = (fits, integer(position)) else { return Err(wrong()) };
        let position = position.small().unwrap_or(i64::MAX);
        let from_start = if position < 0 { position.saturating_add(len as i64) } else { position };
        match usize::try_from(from_start) {
            Ok(place) if place <= len => Ok((patch.clone(), place)),
            _ => Err(self.index_error(format!("position {position} from error handler out of bounds"))),
        }
    }

    /// `text.encode(encoding, errors)`; without names, UTF-8 and strict.
    pub fn encode(&self, source: &Obj, encoding: Option<&Obj>, errors: Option<&Obj>) -> PyResult {
        let encoding = self.encoding(encoding)?;
        self.encode_as(source, encoding, errors).map(|data| self.bytes(&data))
    }

    pub(crate) fn encode_as(&self, source: &Obj, encoding: Encoding, errors: Option<&Obj>) -> PyResult<Vec<u8>> {
        let bytes = text_of(source);
        codec::encode(bytes, encoding, &mut |problem| {
            match self.handler(errors)? {
                Chosen::Builtin(handler) => {
                    let all: Vec<u32> = wtf8::code_points(bytes).skip(problem.start).take(problem.end - problem.start).collect();
                    match handler.encode(problem.encoding, &all) {
                        // Where the handler has given up, the error is about what is left.
                        Some((patch, n)) => Ok((patch, problem.start + n)),
                        None => Err(self.unicode_encode_error(source, &problem)),
                    }
                }
                Chosen::Python(handler) => {
                    let error = self.unicode_encode_error(source, &problem).0;
                    let (patch, place) = self.call_handler(&handler, error, wtf8::count(bytes), true)?;
                    let patch = match patch.get::<Bytes>() {
                        Some(bytes) => Patch::Bytes(bytes.as_bytes().to_vec()),
                        None => Patch::Text(text_of(&patch).to_vec()),
                    };
                    Ok((patch, place))
                }
            }
        })
    }

    /// `data.decode(encoding, errors)`; without names, UTF-8 and strict.
    pub fn decode(&self, data: &[u8], encoding: Option<&Obj>, errors: Option<&Obj>) -> PyResult {
        let encoding = self.encoding(encoding)?;
        let (text, _) = self.decode_as(data, encoding, errors, true)?;
        Ok(self.str_from_bytes(&text))
    }

    /// The text, and how many bytes were read.
    pub(crate) fn decode_as(&self, data: &[u8], encoding: Encoding, errors: Option<&Obj>, last: bool) -> PyResult<(Vec<u8>, usize)> {
        let source = std::cell::OnceCell::new();
        codec::decode(data, encoding, last, &mut |problem| {
            let error = |problem: &Problem| self.unicode_error(&self.types.unicode_decode_error, source.get_or_init(|| self.bytes(data)), problem);
            match self.handler(errors)? {
                Chosen::Builtin(handler) => handler.decode(problem.encoding, data, problem.start, problem.end).ok_or_else(|| error(&problem)),
                Chosen::Python(handler) => {
                    let (patch, place) = self.call_handler(&handler, error(&problem).0, data.len(), false)?;
                    Ok((text_of(&patch).to_vec(), place))
                }
            }
        })
    }
}
