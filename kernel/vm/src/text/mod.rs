//! Text and numbers as text: pure functions that know neither objects nor the machine.
//!
//! A Python error is a [`Wrong`]: which exception, and CPython's words. The machine makes the exception of it.

pub(crate) mod codec;
pub(crate) mod encoding;
pub(crate) mod escape;
pub(crate) mod float;
pub(crate) mod hexfloat;
pub(crate) mod integer;
pub(crate) mod number;
pub(crate) mod repr;
pub(crate) mod search;
pub(crate) mod spec;
#[cfg(test)]
mod tests;
mod ucd;
pub(crate) mod unicode;
pub(crate) mod wtf8;

/// An error on its way to becoming a Python exception.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    /// Which exception.
    pub(crate) class: WrongClass,
    /// Its message.
    pub(crate) message: String,
}

/// The exceptions that pure functions can ask for.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub(crate) enum WrongClass {
    Value,
    Overflow,
}

impl Wrong {
    /// A `ValueError`.
    pub(crate) fn value(message: impl Into<String>) -> Wrong {
        Wrong { class: WrongClass::Value, message: message.into() }
    }

    /// An `OverflowError`.
    pub(crate) fn overflow(message: impl Into<String>) -> Wrong {
        Wrong { class: WrongClass::Overflow, message: message.into() }
    }
}
