//! What code generation hands to the back end: a sequence of instructions with labels, and the tables of one code object.
//!
//! A label is placed once, before the instruction that comes next. Jumps name labels, never positions.
//! Follows CPython's `instruction_sequence.c` and the compiler unit of `compile.c`.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use crate::code::Const;
use crate::opcode::Op;

/// A place in the source: lines from 1, columns in UTF-8 bytes from 0; -1 is "none".
#[derive(serde::Serialize, serde::Deserialize, Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Location {
    /// First line.
    pub line: i32,
    /// Last line.
    pub end_line: i32,
    /// First column.
    pub col: i32,
    /// Column after the last.
    pub end_col: i32,
}

impl Location {
    /// No place at all: the instruction takes the line of what comes before it.
    pub const NONE: Location = Location { line: -1, end_line: -1, col: -1, end_col: -1 };

    /// The place of the instruction that comes next: CPython's `NEXT_LOCATION`.
    pub const NEXT: Location = Location { line: -2, end_line: -2, col: -2, end_col: -2 };

    /// A line without columns.
    pub fn line(line: i32) -> Location {
        Location { line, end_line: line, col: -1, end_col: -1 }
    }
}

/// A jump target within one [`Sequence`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Label(pub(crate) u32);

/// One instruction before labels are resolved.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Instr {
    /// What to do.
    pub op: Op,
    /// Its argument; 0 for jumps.
    pub arg: u32,
    /// Where jumps and `SETUP_*` go.
    pub target: Option<Label>,
    /// Where it comes from.
    pub loc: Location,
}

/// The instructions of one code object in the making.
#[derive(Clone, Default, Debug)]
pub struct Sequence {
    /// The instructions so far.
    pub instrs: Vec<Instr>,
    /// For each label the index of the instruction it stands before.
    pub(crate) labels: Vec<Option<usize>>,
}

impl Sequence {
    /// Appends an instruction. Instructions without an argument are given 0.
    pub fn emit(&mut self, op: Op, arg: u32, loc: Location) {
        self.instrs.push(Instr { op, arg, target: None, loc });
    }

    /// Appends a jump or a `SETUP_*`.
    pub fn jump(&mut self, op: Op, target: Label, loc: Location) {
        self.instrs.push(Instr { op, arg: 0, target: Some(target), loc });
    }

    /// Puts an instruction before all others (CPython's `INSERT_INSTRUCTION` for generators); labels move along.
    pub fn insert(&mut self, index: usize, op: Op, arg: u32, loc: Location) {
        self.instrs.insert(index, Instr { op, arg, target: None, loc });
        for place in self.labels.iter_mut().flatten() {
            if *place >= index {
                *place += 1;
            }
        }
    }

    /// A label that is not placed yet.
    pub fn new_label(&mut self) -> Label {
        self.labels.push(None);
        Label(self.labels.len() as u32 - 1)
    }

    /// The label stands for the next instruction.
    pub fn place(&mut self, label: Label) {
        self.labels[label.0 as usize] = Some(self.instrs.len());
    }
}

/// A code object in the making: what code generation knows at the end of a scope.
///
/// `arg` of `*_DEREF`, `MAKE_CELL` and `LOAD_CLOSURE` numbers cell variables first, then free variables;
/// slots in the frame are decided by the back end.
#[derive(Clone, Debug)]
pub struct Unit {
    /// `co_name`.
    pub name: Rc<str>,
    /// `co_qualname`.
    pub qualname: Rc<str>,
    /// `co_filename`.
    pub filename: Rc<str>,
    /// `CO_*`.
    pub flags: u32,
    /// Positional parameters, those before `/` included.
    pub argcount: u32,
    /// Parameters before `/`.
    pub posonlyargcount: u32,
    /// Parameters after `*`.
    pub kwonlyargcount: u32,
    /// `co_firstlineno`.
    pub first_line: i32,
    /// Fast locals, parameters first.
    pub varnames: Vec<Rc<str>>,
    /// Locals that inner scopes use (a parameter is in `varnames` too).
    pub cellvars: Vec<Rc<str>>,
    /// Variables of outer scopes.
    pub freevars: Vec<Rc<str>>,
    /// Fast locals that are hidden: those of an inlined comprehension in a class or module.
    pub hidden: HashSet<Rc<str>>,
    /// `co_names`.
    pub names: Vec<Rc<str>>,
    /// Constants in order of first use; the docstring is first.
    pub consts: Vec<Const>,
    /// The instructions.
    pub sequence: Sequence,
    /// What takes the place of `ANNOTATIONS_PLACEHOLDER` (3.14).
    pub annotations: Option<Sequence>,
    pub(crate) const_index: HashMap<Const, u32>,
    pub(crate) name_index: HashMap<Rc<str>, u32>,
}

impl Unit {
    /// An empty unit.
    pub fn new(name: Rc<str>, qualname: Rc<str>, filename: Rc<str>, first_line: i32) -> Unit {
        Unit {
            name,
            qualname,
            filename,
            flags: 0,
            argcount: 0,
            posonlyargcount: 0,
            kwonlyargcount: 0,
            first_line,
            varnames: Vec::new(),
            cellvars: Vec::new(),
            freevars: Vec::new(),
            hidden: HashSet::new(),
            names: Vec::new(),
            consts: Vec::new(),
            sequence: Sequence::default(),
            annotations: None,
            const_index: HashMap::new(),
            name_index: HashMap::new(),
        }
    }

    /// The index of a constant; equal ones of the same type share it (`1`, `1.0` and `True` do not, nor do `0.0` and `-0.0`).
    pub fn add_const(&mut self, value: Const) -> u32 {
        let next = self.consts.len() as u32;
        let index = *self.const_index.entry(value.clone()).or_insert(next);
        if index == next {
            self.consts.push(value);
        }
        index
    }

    /// The index of a name in `co_names`.
    pub fn add_name(&mut self, name: &Rc<str>) -> u32 {
        let next = self.names.len() as u32;
        let index = *self.name_index.entry(name.clone()).or_insert(next);
        if index == next {
            self.names.push(name.clone());
        }
        index
    }

    /// The slot of a fast local, added if it is new.
    pub fn add_varname(&mut self, name: &Rc<str>) -> u32 {
        if let Some(index) = self.varnames.iter().position(|varname| varname == name) {
            return index as u32;
        }
        self.varnames.push(name.clone());
        self.varnames.len() as u32 - 1
    }
}
