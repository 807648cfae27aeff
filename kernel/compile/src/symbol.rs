//! What is known of the names of one block: flags, scopes, and the order in which they came.
//!
//! Flags and their values are those of CPython's `pycore_symtable.h`, so that the two can be read side by side.

use std::collections::HashMap;
use std::rc::Rc;

use crate::ast::Name;
use crate::ir::Location;

pub(crate) const DEF_GLOBAL: u32 = 1;
pub(crate) const DEF_LOCAL: u32 = 2;
pub(crate) const DEF_PARAM: u32 = 4;
pub(crate) const DEF_NONLOCAL: u32 = 8;
pub(crate) const USE: u32 = 16;
pub(crate) const DEF_FREE_CLASS: u32 = 64;
pub(crate) const DEF_IMPORT: u32 = 128;
pub(crate) const DEF_ANNOT: u32 = 256;
pub(crate) const DEF_COMP_ITER: u32 = 512;
pub(crate) const DEF_TYPE_PARAM: u32 = 1024;
pub(crate) const DEF_COMP_CELL: u32 = 2048;
pub(crate) const DEF_BOUND: u32 = DEF_LOCAL | DEF_PARAM | DEF_IMPORT | DEF_TYPE_PARAM;

const SCOPE_SHIFT: u32 = 12;

/// Where a name lives, as seen from a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    Unknown = 0,
    Local = 1,
    GlobalExplicit = 2,
    GlobalImplicit = 3,
    Free = 4,
    Cell = 5,
}

/// Flags and scope of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Symbol(pub(crate) u32);

impl Symbol {
    pub(crate) fn scope(self) -> Scope {
        match self.0 >> SCOPE_SHIFT {
            1 => Scope::Local,
            2 => Scope::GlobalExplicit,
            3 => Scope::GlobalImplicit,
            4 => Scope::Free,
            5 => Scope::Cell,
            _ => Scope::Unknown,
        }
    }

    pub(crate) fn has(self, flags: u32) -> bool {
        self.0 & flags != 0
    }

    pub(crate) fn flags(self) -> u32 {
        self.0 & ((1 << SCOPE_SHIFT) - 1)
    }

    pub(crate) fn with_scope(self, scope: Scope) -> Symbol {
        Symbol(self.0 | (scope as u32) << SCOPE_SHIFT)
    }
}

/// The names of a block in order of appearance, like CPython's dict.
#[derive(Debug, Clone, Default)]
pub(crate) struct Symbols {
    order: Vec<(Name, Symbol)>,
    index: HashMap<Name, usize>,
}

impl Symbols {
    pub(crate) fn find(&self, name: &str) -> Option<Symbol> {
        self.index.get(name).map(|at| self.order[*at].1)
    }

    /// The symbol, or one without flags.
    pub(crate) fn get(&self, name: &str) -> Symbol {
        self.find(name).unwrap_or_default()
    }

    pub(crate) fn set(&mut self, name: &Name, symbol: Symbol) {
        match self.index.get(name) {
            Some(at) => self.order[*at].1 = symbol,
            None => {
                self.index.insert(name.clone(), self.order.len());
                self.order.push((name.clone(), symbol));
            }
        }
    }

    pub(crate) fn remove(&mut self, name: &str) {
        let Some(at) = self.index.remove(name) else { return };
        self.order.remove(at);
        for place in self.index.values_mut().filter(|place| **place > at) {
            *place -= 1;
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Name, Symbol)> {
        self.order.iter().map(|(name, symbol)| (name, *symbol))
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (&Name, &mut Symbol)> {
        self.order.iter_mut().map(|(name, symbol)| (&*name, symbol))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BlockKind {
    Function,
    Class,
    Module,
    Annotation,
    TypeVariable,
    TypeAlias,
    TypeParameters,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comprehension {
    None,
    List,
    Dict,
    Set,
    Generator,
}

/// One block: CPython's `PySTEntryObject`.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) key: u32,
    pub(crate) name: Name,
    pub(crate) kind: BlockKind,
    pub(crate) loc: Location,
    pub(crate) symbols: Symbols,
    /// Parameters, in order.
    pub(crate) varnames: Vec<Name>,
    pub(crate) children: Vec<usize>,
    pub(crate) directives: Vec<(Name, Location)>,
    pub(crate) mangled_names: Option<std::collections::HashSet<Name>>,
    pub(crate) scope_info: &'static str,
    pub(crate) nested: bool,
    pub(crate) generator: bool,
    pub(crate) coroutine: bool,
    pub(crate) varargs: bool,
    pub(crate) varkeywords: bool,
    pub(crate) annotations_used: bool,
    pub(crate) comprehension: Comprehension,
    pub(crate) comp_inlined: bool,
    pub(crate) comp_iter_target: bool,
    pub(crate) comp_iter_expr: u32,
    pub(crate) needs_class_closure: bool,
    pub(crate) needs_classdict: bool,
    pub(crate) can_see_class_scope: bool,
    pub(crate) has_docstring: bool,
    pub(crate) method: bool,
    pub(crate) has_conditional_annotations: bool,
    pub(crate) in_conditional_block: bool,
    pub(crate) in_unevaluated_annotation: bool,
    pub(crate) annotation_block: Option<usize>,
}

impl Block {
    pub(crate) fn new(key: u32, name: &str, kind: BlockKind, loc: Location, outer: Option<&Block>) -> Block {
        Block {
            key,
            name: Rc::from(name),
            kind,
            loc,
            symbols: Symbols::default(),
            varnames: Vec::new(),
            children: Vec::new(),
            directives: Vec::new(),
            mangled_names: None,
            scope_info: "",
            nested: outer.is_some_and(|outer| outer.nested || outer.is_function_like()),
            generator: false,
            coroutine: false,
            varargs: false,
            varkeywords: false,
            annotations_used: false,
            comprehension: Comprehension::None,
            comp_inlined: false,
            comp_iter_target: false,
            comp_iter_expr: 0,
            needs_class_closure: false,
            needs_classdict: false,
            can_see_class_scope: false,
            has_docstring: false,
            method: kind == BlockKind::Function && outer.is_some_and(|outer| outer.kind == BlockKind::Class),
            has_conditional_annotations: false,
            in_conditional_block: false,
            in_unevaluated_annotation: false,
            annotation_block: None,
        }
    }

    /// Locals are slots here: CPython's `_PyST_IsFunctionLike`.
    pub(crate) fn is_function_like(&self) -> bool {
        !matches!(self.kind, BlockKind::Class | BlockKind::Module)
    }
}

/// `__private` inside `class C` is `_C__private`.
pub(crate) fn mangle(private: Option<&str>, name: &Name) -> Name {
    let Some(private) = private else { return name.clone() };
    if !name.starts_with("__") || name.ends_with("__") || name.contains('.') {
        return name.clone();
    }
    let class = private.trim_start_matches('_');
    if class.is_empty() {
        return name.clone();
    }
    Rc::from(format!("_{class}{name}"))
}

/// Mangles unless the block is the one around a generic class, where only type parameters are mangled.
pub(crate) fn maybe_mangle(private: Option<&str>, block: &Block, name: &Name) -> Name {
    match &block.mangled_names {
        Some(names) if !names.contains(name) => name.clone(),
        _ => mangle(private, name),
    }
}
