//! Code generation: one [`Compiler`] walks the tree and writes instructions for the scope on top of its stack.
//!
//! Every instruction CPython emits is emitted here in the same order with the same place, also those that the
//! back end drops again: its passes depend on them. Follows CPython's `compile.c` and `codegen.c`.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use crate::ast::*;
use crate::code::*;
use crate::error::SyntaxError;
use crate::ir::{Label, Location, Sequence, Unit};
use crate::lower::Result;
use crate::opcode::Op;
use crate::scope::{Future, MODULE_KEY, Table};
use crate::symbol::*;
use crate::version::Version;

/// More than this many values are not pushed before they are built into a container.
pub(crate) const STACK_USE_GUIDELINE: usize = 30;
/// One more than the 20 of the language: a generator has a block around its body.
const MAX_BLOCKS: usize = 21;

pub(crate) const MAKE_FUNCTION_DEFAULTS: u32 = 1;
pub(crate) const MAKE_FUNCTION_KWDEFAULTS: u32 = 2;
pub(crate) const MAKE_FUNCTION_ANNOTATIONS: u32 = 4;
pub(crate) const MAKE_FUNCTION_CLOSURE: u32 = 8;
pub(crate) const MAKE_FUNCTION_ANNOTATE: u32 = 16;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ScopeType {
    Module,
    Class,
    Function,
    AsyncFunction,
    Lambda,
    Comprehension,
    Annotations,
}

/// What has to be undone when control leaves a block early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FBlockKind {
    WhileLoop,
    ForLoop,
    AsyncForLoop,
    TryExcept,
    FinallyTry,
    FinallyEnd,
    With,
    AsyncWith,
    HandlerCleanup,
    PopValue,
    ExceptionHandler,
    ExceptionGroupHandler,
    AsyncComprehension,
    StopIteration,
}

#[derive(Debug, Clone)]
pub(crate) struct FBlock<'a> {
    pub(crate) kind: FBlockKind,
    pub(crate) block: Option<Label>,
    pub(crate) exit: Option<Label>,
    pub(crate) loc: Location,
    pub(crate) finalbody: &'a [Stmt],
    pub(crate) name: Option<Name>,
}

/// A scope whose code is being written.
#[derive(Debug)]
pub(crate) struct Scoped<'a> {
    pub(crate) unit: Unit,
    /// Its block in the table.
    pub(crate) block: usize,
    pub(crate) kind: ScopeType,
    pub(crate) private: Option<Name>,
    pub(crate) fblocks: Vec<FBlock<'a>>,
    pub(crate) in_inlined_comp: u32,
    /// Names that are fast locals for now (`true`) or were (`false`), though the scope is a class or module.
    pub(crate) fast_hidden: HashMap<Name, bool>,
    pub(crate) static_attributes: BTreeSet<Name>,
    /// Annotations to put into `__annotate__`, with their condition's number, -1 for none.
    pub(crate) deferred: Vec<(&'a AnnAssign, Location, i64)>,
    pub(crate) next_conditional: i64,
    pub(crate) in_conditional: u32,
    varname_index: HashMap<Name, u32>,
    cell_index: HashMap<Name, u32>,
    free_index: HashMap<Name, u32>,
}

#[derive(Debug)]
pub(crate) struct Compiler<'a> {
    pub(crate) filename: Rc<str>,
    pub(crate) table: Table,
    pub(crate) future: Future,
    pub(crate) version: Version,
    pub(crate) optimize: u8,
    pub(crate) interactive: bool,
    pub(crate) scopes: Vec<Scoped<'a>>,
    pub(crate) warnings: Vec<(Location, String)>,
    pub(crate) disable_warning: u32,
}

/// How a name is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    Deref,
    Fast,
    Global,
    Name,
}

impl<'a> Compiler<'a> {
    pub(crate) fn module(&mut self, module: &'a Module) -> Result<Rc<Code>> {
        self.enter_scope(&Rc::from("<module>"), ScopeType::Module, MODULE_KEY, 1, None)?;
        let mut add_none = true;
        match module {
            Module::Exec(body) => self.module_body(body, false)?,
            Module::Single(body) => {
                self.interactive = true;
                self.module_body(body, true)?;
            }
            Module::Eval(expr) => {
                add_none = false;
                self.expr(expr)?;
            }
        }
        Ok(self.assemble(add_none))
    }

    fn module_body(&mut self, body: &'a [Stmt], interactive: bool) -> Result<()> {
        // 3.13 has no place in mind at a prompt.
        let first = body.first().filter(|_| self.v14() || !interactive);
        let loc = first.map_or(Location { line: 1, end_line: 1, col: 0, end_col: 0 }, |stmt| stmt.loc);
        if self.v14() && self.block().has_conditional_annotations {
            self.op_i(Op::BuildSet, 0, loc);
            let name = self.scope_mut().unit.add_name(&Rc::from("__conditional_annotations__"));
            self.op_i(Op::StoreName, name, loc);
        }
        self.suite(loc, body, interactive)
    }

    /// The statements of a module or class: docstring, statements, annotations.
    pub(crate) fn suite(&mut self, loc: Location, body: &'a [Stmt], interactive: bool) -> Result<()> {
        let setup = if self.v14() { self.future.annotations && self.block().annotations_used } else { crate::annotation::find_ann(body) };
        if setup {
            self.op(Op::SetupAnnotations, loc);
        }
        let mut rest = body;
        if !interactive && let Some((text, place)) = docstring(body) {
            rest = &body[1..];
            if self.optimize < 2 {
                let text = crate::function::clean_doc(text);
                self.load_const(text, place);
                self.name_op("__doc__", Context::Store, Location::NONE)?;
            }
        }
        self.stmts(rest)?;
        if self.v14() && !self.future.annotations {
            self.deferred_annotations(loc)?;
        }
        Ok(())
    }

    pub(crate) fn v14(&self) -> bool {
        self.version >= Version::V3_14
    }

    pub(crate) fn scope(&self) -> &Scoped<'a> {
        self.scopes.last().unwrap_or_else(|| unreachable!("code is only written inside a scope"))
    }

    pub(crate) fn scope_mut(&mut self) -> &mut Scoped<'a> {
        self.scopes.last_mut().unwrap_or_else(|| unreachable!("code is only written inside a scope"))
    }

    /// The block of the current scope.
    pub(crate) fn block(&self) -> &Block {
        &self.table.blocks[self.scope().block]
    }

    pub(crate) fn seq(&mut self) -> &mut Sequence {
        &mut self.scope_mut().unit.sequence
    }

    pub(crate) fn label(&mut self) -> Label {
        self.seq().new_label()
    }

    pub(crate) fn place(&mut self, label: Label) {
        self.seq().place(label);
    }

    pub(crate) fn op(&mut self, op: Op, loc: Location) {
        self.seq().emit(op, 0, loc);
    }

    pub(crate) fn op_i(&mut self, op: Op, arg: u32, loc: Location) {
        self.seq().emit(op, arg, loc);
    }

    pub(crate) fn jump(&mut self, op: Op, target: Label, loc: Location) {
        self.seq().jump(op, target, loc);
    }

    pub(crate) fn load_const(&mut self, value: Const, loc: Location) {
        let index = self.scope_mut().unit.add_const(value);
        self.op_i(Op::LoadConst, index, loc);
    }

    pub(crate) fn error<T>(&self, loc: Location, msg: impl Into<String>) -> Result<T> {
        Err(SyntaxError::at(loc, msg))
    }

    pub(crate) fn warn(&mut self, loc: Location, msg: impl Into<String>) {
        if self.disable_warning == 0 {
            self.warnings.push((loc, msg.into()));
        }
    }

    pub(crate) fn mangled(&self, name: &Name) -> Name {
        maybe_mangle(self.scope().private.as_deref(), self.block(), name)
    }

    /// The index of an attribute or module name in `co_names`.
    pub(crate) fn name_index(&mut self, name: &Name) -> u32 {
        let name = self.mangled(name);
        self.scope_mut().unit.add_name(&name)
    }

    pub(crate) fn enter_scope(&mut self, name: &Name, kind: ScopeType, key: u32, first_line: i32, private: Option<Name>) -> Result<()> {
        let Some(at) = self.table.lookup(key) else {
            unreachable!("every node that opens a scope was seen by the first pass");
        };
        let block = &self.table.blocks[at];
        let mut unit = Unit::new(name.clone(), name.clone(), self.filename.clone(), first_line);
        unit.varnames.clone_from(&block.varnames);
        let mut symbols: Vec<(&Name, Symbol)> = block.symbols.iter().collect();
        symbols.sort_by(|a, b| a.0.cmp(b.0));
        let cells = symbols.iter().filter(|(_, symbol)| symbol.scope() == Scope::Cell || symbol.has(DEF_COMP_CELL));
        unit.cellvars = cells.map(|(name, _)| (*name).clone()).collect();
        let implicit = [
            (block.needs_class_closure, "__class__"),
            (block.needs_classdict, "__classdict__"),
            (block.has_conditional_annotations, "__conditional_annotations__"),
        ];
        for (needed, cell) in implicit {
            if needed && !unit.cellvars.iter().any(|name| &**name == cell) {
                unit.cellvars.push(Rc::from(cell));
            }
        }
        let free = symbols.iter().filter(|(_, symbol)| symbol.scope() == Scope::Free || symbol.has(DEF_FREE_CLASS));
        unit.freevars = free.map(|(name, _)| (*name).clone()).collect();

        let index =
            |names: &[Name], offset: usize| names.iter().enumerate().map(|(at, name)| (name.clone(), (at + offset) as u32)).collect();
        let cells = unit.cellvars.len();
        let scoped = Scoped {
            varname_index: index(&unit.varnames, 0),
            cell_index: index(&unit.cellvars, 0),
            free_index: index(&unit.freevars, cells),
            unit,
            block: at,
            kind,
            private: private.or_else(|| self.scopes.last().and_then(|outer| outer.private.clone())),
            fblocks: Vec::new(),
            in_inlined_comp: 0,
            fast_hidden: HashMap::new(),
            static_attributes: BTreeSet::new(),
            deferred: Vec::new(),
            next_conditional: 0,
            in_conditional: 0,
        };
        self.scopes.push(scoped);
        if kind != ScopeType::Module {
            self.set_qualname();
        }
        let mut loc = Location { line: first_line, end_line: first_line, col: 0, end_col: 0 };
        if kind == ScopeType::Module {
            loc.line = 0;
        }
        self.op_i(Op::Resume, 0, loc);
        if kind == ScopeType::Module && self.v14() {
            self.op(Op::AnnotationsPlaceholder, loc);
        }
        Ok(())
    }

    fn set_qualname(&mut self) {
        let (scope, outer) = self.scopes.split_last().unwrap_or_else(|| unreachable!("a scope was just entered"));
        let Some(mut parent) = outer.last() else { return };
        let name = scope.unit.name.clone();
        if outer.len() == 1 && parent.kind == ScopeType::Module {
            return;
        }
        if parent.kind == ScopeType::Annotations {
            match outer.len() {
                0..=2 => return,
                n => parent = &outer[n - 2],
            }
            if parent.kind == ScopeType::Module {
                return;
            }
        }
        if matches!(scope.kind, ScopeType::Function | ScopeType::AsyncFunction | ScopeType::Class) {
            let mangled = mangle(parent.private.as_deref(), &name);
            if self.table.blocks[parent.block].symbols.get(&mangled).scope() == Scope::GlobalExplicit {
                return;
            }
        }
        let base = &parent.unit.qualname;
        let function = matches!(parent.kind, ScopeType::Function | ScopeType::AsyncFunction | ScopeType::Lambda);
        let qualname = if function { format!("{base}.<locals>.{name}") } else { format!("{base}.{name}") };
        self.scope_mut().unit.qualname = Rc::from(qualname);
    }

    /// Ends the current scope and gives its code.
    pub(crate) fn assemble(&mut self, add_none: bool) -> Rc<Code> {
        if add_none {
            self.load_const(Const::None, Location::NONE);
        }
        self.op(Op::ReturnValue, Location::NONE);
        let flags = self.code_flags();
        let mut scoped = self.scopes.pop().unwrap_or_else(|| unreachable!("a scope is left once"));
        scoped.unit.flags = flags;
        scoped.unit.hidden = scoped.fast_hidden.into_keys().collect();
        crate::assemble::assemble(scoped.unit, self.version)
    }

    fn code_flags(&self) -> u32 {
        let block = self.block();
        let mut flags = 0;
        if block.is_function_like() {
            flags |= CO_NEWLOCALS | CO_OPTIMIZED;
            let mut set = |on: bool, flag: u32| flags |= if on { flag } else { 0 };
            set(block.nested, CO_NESTED);
            set(block.generator && !block.coroutine, CO_GENERATOR);
            set(block.generator && block.coroutine, CO_ASYNC_GENERATOR);
            set(block.varargs, CO_VARARGS);
            set(block.varkeywords, CO_VARKEYWORDS);
            set(self.v14() && block.has_docstring && self.optimize < 2, CO_HAS_DOCSTRING);
            set(self.v14() && block.method, CO_METHOD);
        }
        if block.coroutine && !block.generator {
            flags |= CO_COROUTINE;
        }
        if self.future.annotations {
            flags |= CO_FUTURE_ANNOTATIONS;
        }
        flags
    }

    pub(crate) fn push_fblock(&mut self, fblock: FBlock<'a>) -> Result<()> {
        if self.scope().fblocks.len() >= MAX_BLOCKS {
            return self.error(fblock.loc, "too many statically nested blocks");
        }
        if fblock.kind == FBlockKind::FinallyEnd {
            self.disable_warning += 1;
        }
        self.scope_mut().fblocks.push(fblock);
        Ok(())
    }

    pub(crate) fn push_block(&mut self, kind: FBlockKind, block: Option<Label>, exit: Option<Label>, loc: Location) -> Result<()> {
        self.push_fblock(FBlock { kind, block, exit, loc, finalbody: &[], name: None })
    }

    pub(crate) fn pop_fblock(&mut self) -> Option<FBlock<'a>> {
        let fblock = self.scope_mut().fblocks.pop();
        if fblock.as_ref().is_some_and(|fblock| fblock.kind == FBlockKind::FinallyEnd) {
            self.disable_warning -= 1;
        }
        fblock
    }

    pub(crate) fn varname(&mut self, name: &Name) -> u32 {
        let scope = self.scope_mut();
        let next = scope.unit.varnames.len() as u32;
        let index = *scope.varname_index.entry(name.clone()).or_insert(next);
        if index == next {
            scope.unit.varnames.push(name.clone());
        }
        index
    }

    pub(crate) fn cellvar(&self, name: &str) -> u32 {
        self.scope().cell_index.get(name).copied().unwrap_or(0)
    }

    pub(crate) fn freevar(&self, name: &str) -> u32 {
        self.scope().free_index.get(name).copied().unwrap_or(0)
    }

    /// The same, for a name that the symbol table knows nothing of.
    pub(crate) fn implicit_freevar(&mut self, name: &str) -> u32 {
        let scope = self.scope_mut();
        if let Some(index) = scope.free_index.get(name) {
            return *index;
        }
        let index = (scope.unit.cellvars.len() + scope.unit.freevars.len()) as u32;
        scope.unit.freevars.push(Rc::from(name));
        scope.free_index.insert(Rc::from(name), index);
        index
    }

    /// The cell to put into a closure for a free variable of an inner scope.
    pub(crate) fn closure_arg(&self, name: &str) -> u32 {
        match self.ref_type(name) {
            Scope::Cell => self.cellvar(name),
            _ => self.freevar(name),
        }
    }

    pub(crate) fn ref_type(&self, name: &str) -> Scope {
        let special = matches!(name, "__class__" | "__classdict__" | "__conditional_annotations__");
        if self.scope().kind == ScopeType::Class && special {
            return Scope::Cell;
        }
        self.block().symbols.get(name).scope()
    }

    fn access(&self, name: &str, scope: Scope) -> Access {
        let function_like = self.block().is_function_like();
        match scope {
            Scope::Free | Scope::Cell => Access::Deref,
            Scope::Local if function_like || self.scope().fast_hidden.get(name) == Some(&true) => Access::Fast,
            Scope::GlobalImplicit if function_like => Access::Global,
            Scope::GlobalExplicit => Access::Global,
            _ => Access::Name,
        }
    }

    pub(crate) fn name_op(&mut self, name: &str, ctx: Context, loc: Location) -> Result<()> {
        self.name_access(&Rc::from(name), ctx, loc)
    }

    /// Loads, stores or deletes a name, CPython's `codegen_nameop`.
    pub(crate) fn name_access(&mut self, name: &Name, ctx: Context, loc: Location) -> Result<()> {
        let name = self.mangled(name);
        let scope = self.block().symbols.get(&name).scope();
        let in_class = self.block().kind == BlockKind::Class;
        let inlined = self.scope().in_inlined_comp > 0;
        let can_see_class = self.block().can_see_class_scope;
        match self.access(&name, scope) {
            Access::Fast => {
                let arg = self.varname(&name);
                let op = match ctx {
                    Context::Load => Op::LoadFast,
                    Context::Store => Op::StoreFast,
                    Context::Del => Op::DeleteFast,
                };
                self.op_i(op, arg, loc);
            }
            Access::Deref => {
                let arg = if scope == Scope::Free { self.freevar(&name) } else { self.cellvar(&name) };
                let op = match ctx {
                    Context::Load if in_class && !inlined => {
                        self.op(Op::LoadLocals, loc);
                        Op::LoadFromDictOrDeref
                    }
                    Context::Load if can_see_class => {
                        self.load_classdict(loc);
                        Op::LoadFromDictOrDeref
                    }
                    Context::Load => Op::LoadDeref,
                    Context::Store => Op::StoreDeref,
                    Context::Del => Op::DeleteDeref,
                };
                self.op_i(op, arg, loc);
            }
            Access::Global => {
                let arg = self.scope_mut().unit.add_name(&name);
                match ctx {
                    Context::Load if can_see_class && scope == Scope::GlobalImplicit => {
                        self.load_classdict(loc);
                        self.op_i(Op::LoadFromDictOrGlobals, arg, loc);
                    }
                    Context::Load => self.op_i(Op::LoadGlobal, arg << 1, loc),
                    Context::Store => self.op_i(Op::StoreGlobal, arg, loc),
                    Context::Del => self.op_i(Op::DeleteGlobal, arg, loc),
                }
            }
            Access::Name => {
                let arg = self.scope_mut().unit.add_name(&name);
                match ctx {
                    Context::Load if in_class && inlined => self.op_i(Op::LoadGlobal, arg << 1, loc),
                    Context::Load => self.op_i(Op::LoadName, arg, loc),
                    Context::Store => self.op_i(Op::StoreName, arg, loc),
                    Context::Del => self.op_i(Op::DeleteName, arg, loc),
                }
            }
        }
        Ok(())
    }

    fn load_classdict(&mut self, loc: Location) {
        let arg = self.freevar("__classdict__");
        self.op_i(Op::LoadDeref, arg, loc);
    }
}
