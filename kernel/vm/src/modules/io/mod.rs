//! `_io`: streams (`Modules/_io`). Here are the standard streams, which go through the host.

mod standard;

pub(crate) use standard::{STANDARD_STREAM, StandardStream, standard_stream};
