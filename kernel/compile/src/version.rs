//! The version of Python that is compiled for and imitated.
//!
//! 3.14 and 3.13 are exact, instruction by instruction; older ones take 3.13's instructions and are told apart by who owns what at a call,
//! by the collector, and by the sizes of objects. The syntax and the library are 3.14's in each.

use std::fmt;
use std::str::FromStr;

/// A version of Python; ordered, so that `version >= Version::V3_14` reads as it should.
#[derive(serde::Serialize, serde::Deserialize, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Version {
    /// 2.7's rule for finalizers, in 3.10 otherwise: an unreachable object with `__del__` is not freed but put into `gc.garbage`.
    V2_7,
    /// 3.10: the caller keeps its arguments, and an instance has a dict of its own.
    V3_10,
    /// 3.11: arguments are moved into the frame.
    V3_11,
    /// 3.12: immortal objects; comprehensions are inlined; a collection waits for the next function entry or backward jump.
    V3_12,
    /// 3.13.
    V3_13,
    /// 3.14: loads of locals are borrowed where that is safe.
    #[default]
    V3_14,
}

impl Version {
    /// Every version, newest first.
    pub const ALL: [Version; 6] = [Version::V3_14, Version::V3_13, Version::V3_12, Version::V3_11, Version::V3_10, Version::V2_7];

    /// The name by which a program is given this version, such as `3.14`.
    pub fn name(self) -> &'static str {
        match self {
            Version::V2_7 => "2.7-gc",
            Version::V3_10 => "3.10",
            Version::V3_11 => "3.11",
            Version::V3_12 => "3.12",
            Version::V3_13 => "3.13",
            Version::V3_14 => "3.14",
        }
    }

    /// The release that this version was compared with: `sys.version_info[:3]`.
    pub fn release(self) -> (i64, i64, i64) {
        match self {
            Version::V2_7 | Version::V3_10 => (3, 10, 13),
            Version::V3_11 => (3, 11, 7),
            Version::V3_12 => (3, 12, 1),
            Version::V3_13 => (3, 13, 18),
            Version::V3_14 => (3, 14, 10),
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that no version has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownVersion(String);

impl fmt::Display for UnknownVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = Version::ALL.map(Version::name).join(", ");
        write!(f, "there is no Python `{}` here; there are {known}", self.0)
    }
}

impl std::error::Error for UnknownVersion {}

impl FromStr for Version {
    type Err = UnknownVersion;

    fn from_str(name: &str) -> Result<Version, UnknownVersion> {
        Version::ALL.into_iter().find(|version| version.name() == name).ok_or_else(|| UnknownVersion(name.to_owned()))
    }
}
