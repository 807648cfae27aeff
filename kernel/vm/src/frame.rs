//! Calls in progress: frames and their place on the data stack.

/// The calls in progress of a machine.
#[derive(Default)]
pub(crate) struct Thread {}
