//! The version of Python that is being compiled for.
//!
//! 3.14 and 3.13 are exact, instruction by instruction; older ones take the nearest shape and are told apart by the machine.

/// A version of Python; ordered, so that `version >= Version::V3_14` reads as it should.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Version {
    /// 3.10: the caller keeps its arguments.
    V3_10,
    /// 3.11.
    V3_11,
    /// 3.12.
    V3_12,
    /// 3.13: arguments are moved into the frame.
    V3_13,
    /// 3.14: loads of locals are borrowed where that is safe.
    #[default]
    V3_14,
}
