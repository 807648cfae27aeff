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
    /// The functions of `codecs.register`.
    pub(crate) search: RefCell<Vec<Obj>>,
    /// The codecs found, by normalised name.
    pub(crate) codecs: RefCell<HashMap<String, Obj>>,
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

    /// The encoding of that name, if it is one of ours.
    fn encoding(&self, name: Option<&Obj>) -> Option<Encoding> {
        name.and_then(text).map_or(Some(Encoding::Utf8), |name| Encoding::named(&wtf8::lossy(name)))
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
        let args = [
            self.str(problem.encoding),
            source.clone(),
            self.int(problem.start as i64),
            self.int(problem.end as i64),
            self.str(problem.reason),
        ];
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
        match (self.encoding(encoding), encoding) {
            (None, Some(name)) => self.run_text_codec(name, 0, source, errors),
            (known, _) => self.encode_as(source, known.unwrap_or(Encoding::Utf8), errors).map(|data| self.bytes(&data)),
        }
    }

    pub(crate) fn encode_as(&self, source: &Obj, encoding: Encoding, errors: Option<&Obj>) -> PyResult<Vec<u8>> {
        codec::encode(text_of(source), encoding, &mut |problem, again| {
            if again { Err(self.unicode_encode_error(source, &problem)) } else { self.encode_problem(source, &problem, errors) }
        })
    }

    /// Asks the error handler what to put in the place of what cannot be encoded, and where to go on.
    pub(crate) fn encode_problem(&self, source: &Obj, problem: &Problem, errors: Option<&Obj>) -> PyResult<(Patch, usize)> {
        let bytes = text_of(source);
        match self.handler(errors)? {
            Chosen::Builtin(handler) => {
                let all: Vec<u32> = wtf8::code_points(bytes).skip(problem.start).take(problem.end - problem.start).collect();
                match handler.encode(problem.encoding, &all) {
                    Some((patch, n)) => Ok((patch, problem.start + n)),
                    None => Err(self.unicode_encode_error(source, problem)),
                }
            }
            Chosen::Python(handler) => {
                let error = self.unicode_encode_error(source, problem).0;
                let (patch, place) = self.call_handler(&handler, error, wtf8::count(bytes), true)?;
                let patch = match patch.get::<Bytes>() {
                    Some(bytes) => Patch::Bytes(bytes.as_bytes().to_vec()),
                    None => Patch::Text(text_of(&patch).to_vec()),
                };
                Ok((patch, place))
            }
        }
    }

    /// `data.decode(encoding, errors)`; without names, UTF-8 and strict.
    pub fn decode(&self, data: &[u8], encoding: Option<&Obj>, errors: Option<&Obj>) -> PyResult {
        match (self.encoding(encoding), encoding) {
            (None, Some(name)) => self.run_text_codec(name, 1, &self.bytes(data), errors),
            (known, _) => self.decode_as(data, known.unwrap_or(Encoding::Utf8), errors, true).map(|(text, _)| self.str_from_bytes(&text)),
        }
    }

    /// The text, and how many bytes were read.
    pub(crate) fn decode_as(&self, data: &[u8], encoding: Encoding, errors: Option<&Obj>, last: bool) -> PyResult<(Vec<u8>, usize)> {
        codec::decode(data, encoding, last, &mut |problem| self.decode_problem(data, &problem, errors))
    }

    /// Asks the error handler what to put in the place of what cannot be decoded, and where to go on.
    pub(crate) fn decode_problem(&self, data: &[u8], problem: &Problem, errors: Option<&Obj>) -> PyResult<(Vec<u8>, usize)> {
        let error = || self.unicode_error(&self.types.unicode_decode_error, &self.bytes(data), problem);
        match self.handler(errors)? {
            Chosen::Builtin(handler) => handler.decode(problem.encoding, data, problem.start, problem.end).ok_or_else(error),
            Chosen::Python(handler) => {
                let (patch, place) = self.call_handler(&handler, error().0, data.len(), false)?;
                Ok((text_of(&patch).to_vec(), place))
            }
        }
    }
}
