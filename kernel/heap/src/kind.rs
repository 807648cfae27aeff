//! Kinds: the byte in every header that says how an object's payload is laid out.
//!
//! A kind is about memory, not about classes: all instances of ordinary classes share one kind, and a
//! subclass of `list` has the kind of `list`. The numbers below [`Kind::FIRST_FREE`] belong to this crate.

/// How an object's payload is laid out; the collector matches on it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(transparent)]
pub struct Kind(pub u8);

impl Kind {
    /// `None`, `NotImplemented`, `Ellipsis`: immortal objects with nothing inside.
    pub const SINGLETON: Kind = Kind(0);
    /// Integers of 64 bits; wider ones are a kind of the machine's own.
    pub const INT: Kind = Kind(1);
    /// `float`.
    pub const FLOAT: Kind = Kind(2);
    /// `str`.
    pub const STR: Kind = Kind(3);
    /// `bytes`.
    pub const BYTES: Kind = Kind(4);
    /// `list`.
    pub const LIST: Kind = Kind(5);
    /// `tuple`.
    pub const TUPLE: Kind = Kind(6);
    /// `dict`.
    pub const DICT: Kind = Kind(7);
    /// `set` and `frozenset`.
    pub const SET: Kind = Kind(8);
    /// An instance of an ordinary class: nothing but a class and attributes.
    pub const INSTANCE: Kind = Kind(9);
    /// An instance of a class that extends a leaf type (`class Text(str)`): holds the plain value.
    pub const WRAPPED: Kind = Kind(10);
    /// A variable shared by nested functions.
    pub const CELL: Kind = Kind(11);
    /// `weakref.ref` and the proxies.
    pub const WEAKREF: Kind = Kind(12);
    /// `frozenset`, with the layout of [`Kind::SET`].
    pub const FROZENSET: Kind = Kind(13);
    /// `bool`: the two immortal integers that print as words. Same layout as [`Kind::INT`].
    pub const BOOL: Kind = Kind(14);

    /// The first number that another crate may use for its own payloads.
    pub const FIRST_FREE: u8 = 24;
}

impl std::fmt::Display for Kind {
    /// CPython's name for the type, or the number of a kind that another crate added.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match *self {
            Kind::SINGLETON => "singleton",
            Kind::INT => "int",
            Kind::FLOAT => "float",
            Kind::STR => "str",
            Kind::BYTES => "bytes",
            Kind::LIST => "list",
            Kind::TUPLE => "tuple",
            Kind::DICT => "dict",
            Kind::SET => "set",
            Kind::INSTANCE | Kind::WRAPPED => "object",
            Kind::CELL => "cell",
            Kind::WEAKREF => "weakref",
            Kind::FROZENSET => "frozenset",
            Kind::BOOL => "bool",
            Kind(number) => return write!(f, "kind {number}"),
        })
    }
}
