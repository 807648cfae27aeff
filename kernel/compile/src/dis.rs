//! Code as text, in the words and columns of `python -m dis`.
//!
//! `EXTENDED_ARG` is shown where CPython has it, labels stand where jumps and handlers go; addresses of code objects are left out.
//! Follows CPython 3.14's `Lib/dis.py`.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::code::{Code, Const};
use crate::opcode::Op;
use crate::repr::repr;
use crate::tables::Offsets;
use crate::version::Version;

const OPNAME_WIDTH: usize = 20;
const OPARG_WIDTH: usize = 5;
const NO_LINE: &str = "  --";

const BINARY: [&str; 27] = [
    "+", "&", "//", "<<", "@", "*", "%", "|", "**", ">>", "-", "/", "^", "+=", "&=", "//=", "<<=", "@=", "*=", "%=", "|=", "**=", ">>=",
    "-=", "/=", "^=", "[]",
];
const COMPARE: [&str; 6] = ["<", "<=", "==", "!=", ">", ">="];
const INTRINSIC_1: [&str; 12] = [
    "INTRINSIC_1_INVALID",
    "INTRINSIC_PRINT",
    "INTRINSIC_IMPORT_STAR",
    "INTRINSIC_STOPITERATION_ERROR",
    "INTRINSIC_ASYNC_GEN_WRAP",
    "INTRINSIC_UNARY_POSITIVE",
    "INTRINSIC_LIST_TO_TUPLE",
    "INTRINSIC_TYPEVAR",
    "INTRINSIC_PARAMSPEC",
    "INTRINSIC_TYPEVARTUPLE",
    "INTRINSIC_SUBSCRIPT_GENERIC",
    "INTRINSIC_TYPEALIAS",
];
const INTRINSIC_2: [&str; 6] = [
    "INTRINSIC_2_INVALID",
    "INTRINSIC_PREP_RERAISE_STAR",
    "INTRINSIC_TYPEVAR_WITH_BOUND",
    "INTRINSIC_TYPEVAR_WITH_CONSTRAINTS",
    "INTRINSIC_SET_FUNCTION_TYPE_PARAMS",
    "INTRINSIC_SET_TYPEPARAM_DEFAULT",
];
const SPECIAL: [&str; 4] = ["__enter__", "__exit__", "__aenter__", "__aexit__"];
const COMMON: [&str; 5] = ["AssertionError", "NotImplementedError", "tuple", "<built-in function all>", "<built-in function any>"];
const ATTRIBUTES: [&str; 5] = ["defaults", "kwdefaults", "annotations", "closure", "annotate"];
const CONVERSIONS: [&str; 4] = ["", "str", "repr", "ascii"];

/// What `dis.dis(code)` prints: the code itself, then every code object in its constants.
pub fn dis(code: &Code) -> String {
    let mut text = String::new();
    disassemble(code, &mut text);
    // Nesting is as deep as the source's; a stack keeps the order of a recursion.
    let inner = |code: &Code| -> Vec<_> {
        code.consts.iter().rev().filter_map(|value| if let Const::Code(code) = value { Some(code.clone()) } else { None }).collect()
    };
    let mut todo = inner(code);
    while let Some(code) = todo.pop() {
        let _ = writeln!(text, "\nDisassembly of <code object {}, file \"{}\", line {}>:", code.name, code.filename, code.first_line);
        disassemble(&code, &mut text);
        todo.extend(inner(&code));
    }
    text
}

struct Listing<'a> {
    code: &'a Code,
    offsets: Offsets,
    /// Numbers of labels, by instruction.
    labels: BTreeMap<u32, usize>,
    line_width: usize,
    label_width: usize,
}

fn disassemble(code: &Code, text: &mut String) {
    let mut labels = BTreeMap::new();
    for instr in code.instrs.iter().filter(|instr| code.is_jump(instr.op)) {
        labels.insert(instr.arg, 0);
    }
    for handler in &code.exception_table {
        labels.extend([(handler.start, 0), (handler.end, 0), (handler.target, 0)]);
    }
    for (number, label) in labels.values_mut().enumerate() {
        *label = number + 1;
    }
    let listing =
        Listing { line_width: line_width(code), label_width: 4 + labels.len().to_string().len(), offsets: code.offsets(), labels, code };
    listing.write(text);
}

/// 0 if there are no lines at all.
fn line_width(code: &Code) -> usize {
    let Some(max) = code.locations.iter().map(|loc| loc.line).max().filter(|line| *line > 0) else {
        return 0;
    };
    let width = max.to_string().len().max(3);
    let no_line = code.locations.iter().any(|loc| loc.line < 0);
    if no_line { width.max(NO_LINE.len()) } else { width }
}

impl Listing<'_> {
    fn write(&self, text: &mut String) {
        let mut line = None;
        for index in 0..self.code.instrs.len() {
            let here = self.code.locations[index].line;
            let starts_line = line != Some(here);
            line = Some(here);
            let extended = self.offsets.extended_args(index);
            let arg = self.offsets.args[index];
            for left in (1..=extended).rev() {
                let first = left == extended;
                self.write_line(text, index, first && starts_line, first, ("EXTENDED_ARG", Some(arg >> (8 * left)), ""));
            }
            let instr = self.code.instrs[index];
            let shown = instr.op.has_arg(self.code.version).then_some(arg);
            let row = (instr.op.name(), shown, &*self.describe(index));
            self.write_line(text, index, extended == 0 && starts_line, extended == 0, row);
        }
        if !self.code.exception_table.is_empty() {
            text.push_str("ExceptionTable:\n");
        }
        for handler in &self.code.exception_table {
            let label = |index| self.labels[&index];
            let (start, end, target) = (label(handler.start), label(handler.end), label(handler.target));
            let lasti = if handler.lasti { " lasti" } else { "" };
            let _ = writeln!(text, "  L{start} to L{end} -> L{target} [{}]{lasti}", handler.depth);
        }
    }

    fn write_line(
        &self,
        text: &mut String,
        index: usize,
        starts_line: bool,
        labelled: bool,
        (name, arg, description): (&str, Option<u32>, &str),
    ) {
        let mut row = String::new();
        if self.line_width > 0 {
            let line = self.code.locations[index].line;
            let line = if line < 0 { NO_LINE.into() } else { line.to_string() };
            if starts_line && index > 0 {
                text.push('\n');
            }
            let _ = write!(row, "{:>1$} ", if starts_line { &*line } else { "" }, self.line_width);
        }
        let label = self.labels.get(&(index as u32)).filter(|_| labelled).map(|label| format!("L{label}:"));
        let _ = write!(row, "{:>1$}     ", label.unwrap_or_default(), self.label_width);
        let _ = write!(row, "{name:OPNAME_WIDTH$}");
        if let Some(arg) = arg {
            let excess = name.len().saturating_sub(OPNAME_WIDTH);
            let _ = write!(row, " {arg:>0$}", OPARG_WIDTH.saturating_sub(excess));
            if !description.is_empty() {
                let _ = write!(row, " ({description})");
            }
        }
        text.push_str(row.trim_end());
        text.push('\n');
    }

    /// What the argument stands for.
    fn describe(&self, index: usize) -> String {
        let code = self.code;
        let instr = code.instrs[index];
        let arg = instr.arg as usize;
        let name = |index: usize| code.names.get(index).map_or("", |name| name);
        let slot = |index: usize| code.localsplus.get(index).map_or("", |(name, _)| name);
        let of = |list: &[&str], index: usize| list.get(index).copied().unwrap_or_default().to_string();
        let new = code.version >= Version::V3_14;
        match instr.op {
            op if op.has_const() => code.consts.get(arg).map(repr).unwrap_or_default(),
            Op::LoadGlobal if arg & 1 != 0 => format!("{} + NULL", name(arg >> 1)),
            Op::LoadGlobal => name(arg >> 1).into(),
            Op::LoadAttr if arg & 1 != 0 => format!("{} + NULL|self", name(arg >> 1)),
            Op::LoadAttr => name(arg >> 1).into(),
            Op::LoadSuperAttr if arg & 1 != 0 => format!("{} + NULL|self", name(arg >> 2)),
            Op::LoadSuperAttr => name(arg >> 2).into(),
            op if op.has_name() => name(arg).into(),
            op if code.is_jump(op) => {
                let preposition = if op == Op::EndAsyncFor { "from" } else { "to" };
                format!("{preposition} L{}", self.labels.get(&instr.arg).copied().unwrap_or_default())
            }
            op if op.has_two_locals() => format!("{}, {}", slot(arg >> 4), slot(arg & 15)),
            op if op.has_local() || op.has_free() => slot(arg).into(),
            Op::CompareOp if arg & 16 != 0 => format!("bool({})", of(&COMPARE, arg >> 5)),
            Op::CompareOp => of(&COMPARE, arg >> 5),
            Op::ConvertValue => of(&CONVERSIONS, arg),
            Op::SetFunctionAttribute => {
                let set: Vec<&str> = ATTRIBUTES.iter().enumerate().filter(|(bit, _)| arg >> bit & 1 != 0).map(|(_, name)| *name).collect();
                set.join(", ")
            }
            Op::BinaryOp => of(&BINARY, arg),
            Op::CallIntrinsic1 => of(&INTRINSIC_1, arg),
            Op::CallIntrinsic2 => of(&INTRINSIC_2, arg),
            Op::LoadCommonConstant => of(&COMMON, arg),
            Op::LoadSpecial => of(&SPECIAL, arg),
            Op::IsOp if new => of(&["is", "is not"], arg),
            Op::ContainsOp if new => of(&["in", "not in"], arg),
            _ => String::new(),
        }
    }
}
