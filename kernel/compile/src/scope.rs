//! First pass over the tree: which names each block binds, uses and declares.
//!
//! Blocks are made in source order and found again by the key of their node. What a name finally is, local,
//! global, free or cell, is decided in `resolve.rs`. Follows CPython's `symtable.c`.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use crate::ast::*;
use crate::error::{ErrorKind, SyntaxError};
use crate::ir::Location;
use crate::lower::{Result, deeper};
use crate::resolve;
use crate::symbol::*;
use crate::version::Version;

/// Key of the module's block.
pub(crate) const MODULE_KEY: u32 = 0;

/// All blocks of a module.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) blocks: Vec<Block>,
    by_key: HashMap<u32, usize>,
}

impl Table {
    /// The block that belongs to a node.
    pub(crate) fn lookup(&self, key: u32) -> Option<usize> {
        self.by_key.get(&key).copied()
    }
}

/// What `from __future__ import …` and the caller asked for.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Future {
    pub(crate) annotations: bool,
    /// End of the last `__future__` import at the top, -1 if there is none.
    pub(crate) line: i32,
    pub(crate) top_level_await: bool,
}

pub(crate) fn build(module: &Module, future: Future, version: Version) -> Result<Table> {
    let mut builder =
        Builder { table: Table { blocks: Vec::new(), by_key: HashMap::new() }, stack: Vec::new(), private: None, future, version };
    let none = Location { line: 0, end_line: 0, col: 0, end_col: 0 };
    builder.enter("top", BlockKind::Module, MODULE_KEY, none)?;
    match module {
        Module::Exec(body) => {
            builder.cur().has_docstring = docstring(body).is_some();
            builder.stmts(body)?;
        }
        Module::Single(body) => builder.stmts(body)?,
        Module::Eval(body) => builder.expr(body)?,
    }
    builder.exit();
    let mut table = builder.table;
    resolve::analyze(&mut table, version)?;
    Ok(table)
}

struct Builder {
    table: Table,
    stack: Vec<usize>,
    private: Option<Name>,
    future: Future,
    version: Version,
}

impl Builder {
    fn cur(&mut self) -> &mut Block {
        let at = self.stack.last().copied().unwrap_or(0);
        &mut self.table.blocks[at]
    }

    fn new_block(&mut self, name: &str, kind: BlockKind, key: u32, loc: Location) -> usize {
        let outer = self.stack.last().map(|at| &self.table.blocks[*at]);
        let block = Block::new(key, name, kind, loc, outer);
        let at = self.table.blocks.len();
        self.table.blocks.push(block);
        self.table.by_key.insert(key, at);
        at
    }

    fn enter_existing(&mut self, at: usize) {
        if let Some(outer) = self.stack.last().copied() {
            let iter_expr = self.table.blocks[outer].comp_iter_expr;
            let mangled = self.table.blocks[outer].mangled_names.clone();
            let block = &mut self.table.blocks[at];
            block.comp_iter_expr = iter_expr;
            if mangled.is_some() && block.kind != BlockKind::Class {
                block.mangled_names = mangled;
            }
            // Annotations that stay text have no say in what a name is.
            let ignored = self.future.annotations && block.kind == BlockKind::Annotation;
            if !ignored && !self.table.blocks[outer].children.contains(&at) {
                self.table.blocks[outer].children.push(at);
            }
        }
        self.stack.push(at);
    }

    fn enter(&mut self, name: &str, kind: BlockKind, key: u32, loc: Location) -> Result<()> {
        let at = self.new_block(name, kind, key, loc);
        self.enter_existing(at);
        let evaluator = matches!(kind, BlockKind::Annotation | BlockKind::TypeVariable | BlockKind::TypeAlias);
        if evaluator && self.version >= Version::V3_14 {
            self.add_def(".format", DEF_PARAM, loc)?;
            self.add_def(".format", USE, loc)?;
        }
        Ok(())
    }

    fn exit(&mut self) {
        self.stack.pop();
    }

    fn mangled(&self, at: usize, name: &Name) -> Name {
        maybe_mangle(self.private.as_deref(), &self.table.blocks[at], name)
    }

    fn lookup(&self, at: usize, name: &Name) -> Symbol {
        self.table.blocks[at].symbols.get(&self.mangled(at, name))
    }

    fn add_def(&mut self, name: &str, flag: u32, loc: Location) -> Result<()> {
        self.add_name(&Rc::from(name), flag, loc)
    }

    fn add_name(&mut self, name: &Name, flag: u32, loc: Location) -> Result<()> {
        self.add_ctx(name, flag, loc, if flag == USE { Context::Load } else { Context::Store })
    }

    fn add_ctx(&mut self, name: &Name, flag: u32, loc: Location, ctx: Context) -> Result<()> {
        if flag & (DEF_PARAM | DEF_LOCAL | DEF_IMPORT) != 0 {
            check_name(name, loc, ctx)?;
        }
        if flag & DEF_TYPE_PARAM != 0
            && let Some(names) = &mut self.cur().mangled_names
        {
            names.insert(name.clone());
        }
        let at = self.stack.last().copied().unwrap_or(0);
        self.add_to(at, name, flag, loc)
    }

    fn add_to(&mut self, at: usize, name: &Name, flag: u32, loc: Location) -> Result<()> {
        let cur = self.stack.last().copied().unwrap_or(0);
        let mangled = self.mangled(cur, name);
        let block = &mut self.table.blocks[at];
        let before = block.symbols.get(&mangled);
        if flag & DEF_PARAM != 0 && before.has(DEF_PARAM) {
            return Err(SyntaxError::at(loc, format!("duplicate argument '{name}' in function definition")));
        }
        if flag & DEF_TYPE_PARAM != 0 && before.has(DEF_TYPE_PARAM) {
            return Err(SyntaxError::at(loc, format!("duplicate type parameter '{name}'")));
        }
        let mut value = before.0 | flag;
        if block.comp_iter_target {
            if value & (DEF_GLOBAL | DEF_NONLOCAL) != 0 {
                let msg = format!("comprehension inner loop cannot rebind assignment expression target '{name}'");
                return Err(SyntaxError::at(loc, msg));
            }
            value |= DEF_COMP_ITER;
        }
        block.symbols.set(&mangled, Symbol(value));
        if flag & DEF_PARAM != 0 {
            block.varnames.push(mangled);
        } else if flag & DEF_GLOBAL != 0 {
            let top = &mut self.table.blocks[0].symbols;
            let value = top.get(&mangled).0 | flag;
            top.set(&mangled, Symbol(value));
        }
        Ok(())
    }

    fn stmts(&mut self, body: &[Stmt]) -> Result<()> {
        body.iter().try_for_each(|stmt| self.stmt(stmt))
    }

    fn exprs(&mut self, exprs: &[Expr]) -> Result<()> {
        exprs.iter().try_for_each(|expr| self.expr(expr))
    }

    fn optional(&mut self, expr: Option<&Expr>) -> Result<()> {
        expr.map_or(Ok(()), |expr| self.expr(expr))
    }

    fn stmt(&mut self, stmt: &Stmt) -> Result<()> {
        deeper(|| self.stmt_kind(stmt))
    }

    fn stmt_kind(&mut self, stmt: &Stmt) -> Result<()> {
        let loc = stmt.loc;
        match &stmt.kind {
            StmtKind::FunctionDef(def) => self.function(def, loc)?,
            StmtKind::ClassDef(def) => self.class(def, loc)?,
            StmtKind::TypeAlias(alias) => self.type_alias(alias, loc)?,
            StmtKind::Return(value) => self.optional(value.as_deref())?,
            StmtKind::Delete(targets) => self.exprs(targets)?,
            StmtKind::Assign { targets, value } => {
                self.exprs(targets)?;
                self.expr(value)?;
            }
            StmtKind::AnnAssign(node) => self.ann_assign(node, loc)?,
            StmtKind::AugAssign { target, value, .. } => {
                self.expr(target)?;
                self.expr(value)?;
            }
            StmtKind::For(node) => {
                if node.is_async {
                    self.raise_if_not_coroutine("'async for' outside async function", loc)?;
                }
                self.expr(&node.target)?;
                self.expr(&node.iter)?;
                self.conditional(|this| {
                    this.stmts(&node.body)?;
                    this.stmts(&node.orelse)
                })?;
            }
            StmtKind::While { test, body, orelse } | StmtKind::If { test, body, orelse } => {
                self.expr(test)?;
                self.conditional(|this| {
                    this.stmts(body)?;
                    this.stmts(orelse)
                })?;
            }
            StmtKind::Match { subject, cases } => {
                self.expr(subject)?;
                self.conditional(|this| {
                    for case in cases {
                        this.pattern(&case.pattern)?;
                        this.optional(case.guard.as_ref())?;
                        this.stmts(&case.body)?;
                    }
                    Ok(())
                })?;
            }
            StmtKind::Raise { exc, cause } => {
                self.optional(exc.as_ref())?;
                self.optional(cause.as_ref())?;
            }
            StmtKind::Try(node) => self.conditional(|this| {
                this.stmts(&node.body)?;
                for handler in &node.handlers {
                    this.optional(handler.kind.as_ref())?;
                    if let Some(name) = &handler.name {
                        this.add_name(name, DEF_LOCAL, handler.loc)?;
                    }
                    this.stmts(&handler.body)?;
                }
                this.stmts(&node.orelse)?;
                this.stmts(&node.finalbody)
            })?,
            StmtKind::Assert { test, msg } => {
                self.expr(test)?;
                self.optional(msg.as_ref())?;
            }
            StmtKind::Import(names) => self.aliases(names)?,
            StmtKind::ImportFrom { module, names, level } => {
                self.aliases(names)?;
                if *level == 0 && module.as_deref() == Some("__future__") && loc.line > self.future.line {
                    let msg = "from __future__ imports must occur at the beginning of the file";
                    return Err(SyntaxError::at(loc, msg));
                }
            }
            StmtKind::Global(names) => self.directive(names, DEF_GLOBAL, "global", loc)?,
            StmtKind::Nonlocal(names) => self.directive(names, DEF_NONLOCAL, "nonlocal", loc)?,
            StmtKind::Expr(value) => self.expr(value)?,
            StmtKind::Pass | StmtKind::Break | StmtKind::Continue => {}
            StmtKind::With(node) => {
                if node.is_async {
                    self.raise_if_not_coroutine("'async with' outside async function", loc)?;
                }
                self.conditional(|this| {
                    for item in &node.items {
                        this.expr(&item.context)?;
                        this.optional(item.vars.as_ref())?;
                    }
                    this.stmts(&node.body)
                })?;
            }
        }
        Ok(())
    }

    fn conditional(&mut self, run: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        let before = std::mem::replace(&mut self.cur().in_conditional_block, true);
        let result = run(self);
        self.cur().in_conditional_block = before;
        result
    }

    fn raise_if_not_coroutine(&mut self, msg: &str, loc: Location) -> Result<()> {
        if self.allows_top_level_await() {
            self.cur().coroutine = true;
        }
        if self.cur().coroutine { Ok(()) } else { Err(SyntaxError::at(loc, msg)) }
    }

    fn allows_top_level_await(&mut self) -> bool {
        self.future.top_level_await && self.cur().kind == BlockKind::Module
    }

    fn directive(&mut self, names: &[Name], flag: u32, word: &str, loc: Location) -> Result<()> {
        for name in names {
            let cur = self.stack.last().copied().unwrap_or(0);
            let symbol = self.lookup(cur, name);
            if symbol.has(DEF_PARAM | DEF_LOCAL | USE | DEF_ANNOT) {
                let msg = if symbol.has(DEF_PARAM) {
                    format!("name '{name}' is parameter and {word}")
                } else if symbol.has(USE) {
                    format!("name '{name}' is used prior to {word} declaration")
                } else if symbol.has(DEF_ANNOT) {
                    format!("annotated name '{name}' can't be {word}")
                } else {
                    format!("name '{name}' is assigned to before {word} declaration")
                };
                return Err(SyntaxError::at(loc, msg));
            }
            self.add_name(name, flag, loc)?;
            self.record_directive(name, loc);
        }
        Ok(())
    }

    fn record_directive(&mut self, name: &Name, loc: Location) {
        let cur = self.stack.last().copied().unwrap_or(0);
        let mangled = self.mangled(cur, name);
        self.cur().directives.push((mangled, loc));
    }

    fn function(&mut self, def: &FunctionDef, loc: Location) -> Result<()> {
        self.add_name(&def.name, DEF_LOCAL, loc)?;
        self.exprs(&def.args.defaults)?;
        def.args.kw_defaults.iter().flatten().try_for_each(|default| self.expr(default))?;
        if self.version <= Version::V3_13 && def.type_params.is_none() {
            self.annotations(&def.args, def.returns.as_ref(), loc)?;
        }
        self.exprs(&def.decorators)?;
        if let Some(params) = &def.type_params {
            let kwdefaults = def.args.kw_defaults.iter().any(Option::is_some);
            // CPython has the slot even if there are no defaults.
            self.enter_type_params(&def.name, params, true, kwdefaults, false, loc)?;
            params.params.iter().try_for_each(|param| self.type_param(param))?;
            if self.version <= Version::V3_13 {
                self.annotations(&def.args, def.returns.as_ref(), loc)?;
            }
        }
        let at = self.new_block(&def.name, BlockKind::Function, def.id, loc);
        self.table.blocks[at].has_docstring = docstring(&def.body).is_some();
        if self.version >= Version::V3_14 {
            self.annotations(&def.args, def.returns.as_ref(), loc)?;
        }
        self.enter_existing(at);
        self.cur().coroutine = def.is_async;
        self.arguments(&def.args)?;
        self.stmts(&def.body)?;
        self.exit();
        if def.type_params.is_some() {
            self.exit();
        }
        Ok(())
    }

    fn class(&mut self, def: &ClassDef, loc: Location) -> Result<()> {
        self.add_name(&def.name, DEF_LOCAL, loc)?;
        self.exprs(&def.decorators)?;
        let outer = self.private.clone();
        if let Some(params) = &def.type_params {
            self.enter_type_params(&def.name, params, false, false, true, loc)?;
            self.private = Some(def.name.clone());
            self.cur().mangled_names = Some(HashSet::new());
            params.params.iter().try_for_each(|param| self.type_param(param))?;
        }
        self.exprs(&def.bases)?;
        self.keywords(&def.keywords)?;
        self.enter(&def.name, BlockKind::Class, def.id, loc)?;
        self.private = Some(def.name.clone());
        if def.type_params.is_some() {
            self.add_def("__type_params__", DEF_LOCAL, loc)?;
            self.add_def(".type_params", USE, loc)?;
        }
        self.cur().has_docstring = docstring(&def.body).is_some();
        self.stmts(&def.body)?;
        self.exit();
        if def.type_params.is_some() {
            self.exit();
        }
        self.private = outer;
        Ok(())
    }

    fn type_alias(&mut self, alias: &TypeAlias, loc: Location) -> Result<()> {
        self.expr(&alias.name)?;
        let ExprKind::Name { id: name, .. } = &alias.name.kind else { return Ok(()) };
        let in_class = self.cur().kind == BlockKind::Class;
        if let Some(params) = &alias.type_params {
            self.enter_type_params(name, params, false, false, false, loc)?;
            params.params.iter().try_for_each(|param| self.type_param(param))?;
        }
        self.enter(name, BlockKind::TypeAlias, alias.id, loc)?;
        self.cur().can_see_class_scope = in_class;
        if in_class {
            self.add_def("__classdict__", USE, alias.value.loc)?;
        }
        self.expr(&alias.value)?;
        self.exit();
        if alias.type_params.is_some() {
            self.exit();
        }
        Ok(())
    }

    fn enter_type_params(
        &mut self,
        name: &str,
        params: &TypeParams,
        defaults: bool,
        kwdefaults: bool,
        class: bool,
        loc: Location,
    ) -> Result<()> {
        let in_class = self.cur().kind == BlockKind::Class;
        self.enter(name, BlockKind::TypeParameters, params.id, loc)?;
        if in_class {
            self.cur().can_see_class_scope = true;
            self.add_def("__classdict__", USE, loc)?;
        }
        if class {
            for name in [".type_params", ".generic_base"] {
                self.add_def(name, DEF_LOCAL, loc)?;
                self.add_def(name, USE, loc)?;
            }
        }
        if defaults {
            self.add_def(".defaults", DEF_PARAM, loc)?;
        }
        if kwdefaults {
            self.add_def(".kwdefaults", DEF_PARAM, loc)?;
        }
        Ok(())
    }

    fn type_param(&mut self, param: &TypeParam) -> Result<()> {
        self.add_name(&param.name, DEF_TYPE_PARAM | DEF_LOCAL, param.loc)?;
        let (bound, default) = match param.kind {
            TypeParamKind::TypeVar => match &param.bound {
                Some(Expr { kind: ExprKind::Tuple { .. }, .. }) => ("a TypeVar constraint", "a TypeVar default"),
                _ => ("a TypeVar bound", "a TypeVar default"),
            },
            TypeParamKind::TypeVarTuple => ("", "a TypeVarTuple default"),
            TypeParamKind::ParamSpec => ("", "a ParamSpec default"),
        };
        if param.kind == TypeParamKind::TypeVar {
            self.bound_or_default(param, param.bound.as_ref(), param.id, bound)?;
            self.bound_or_default(param, param.default.as_ref(), param.id + 1, default)
        } else {
            self.bound_or_default(param, param.default.as_ref(), param.id, default)
        }
    }

    fn bound_or_default(&mut self, param: &TypeParam, expr: Option<&Expr>, key: u32, info: &'static str) -> Result<()> {
        if &*param.name == "__classdict__" {
            let msg = "reserved name '__classdict__' cannot be used for type parameter";
            return Err(SyntaxError::at(param.loc, msg));
        }
        let Some(expr) = expr else { return Ok(()) };
        let in_class = self.cur().can_see_class_scope;
        self.enter(&param.name, BlockKind::TypeVariable, key, expr.loc)?;
        self.cur().can_see_class_scope = in_class;
        if in_class {
            self.add_def("__classdict__", USE, expr.loc)?;
        }
        self.cur().scope_info = info;
        self.expr(expr)?;
        self.exit();
        Ok(())
    }

    fn ann_assign(&mut self, node: &AnnAssign, loc: Location) -> Result<()> {
        self.cur().annotations_used = true;
        if let ExprKind::Name { id, .. } = &node.target.kind {
            let cur = self.stack.last().copied().unwrap_or(0);
            let symbol = self.lookup(cur, id);
            if symbol.has(DEF_GLOBAL | DEF_NONLOCAL) && cur != 0 && node.simple {
                let word = if symbol.has(DEF_GLOBAL) { "global" } else { "nonlocal" };
                return Err(SyntaxError::at(loc, format!("annotated name '{id}' can't be {word}")));
            }
            if node.simple {
                self.add_name(id, DEF_ANNOT | DEF_LOCAL, node.target.loc)?;
            } else if node.value.is_some() {
                self.add_name(id, DEF_LOCAL, node.target.loc)?;
            }
        } else {
            self.expr(&node.target)?;
        }
        let key = self.cur().key + 1;
        self.annotation(&node.annotation, key)?;
        self.optional(node.value.as_ref())
    }

    /// The annotation of a variable: a block of its own, shared by all of one scope.
    fn annotation(&mut self, annotation: &Expr, key: u32) -> Result<()> {
        if self.version <= Version::V3_13 {
            if !self.future.annotations {
                return self.expr(annotation);
            }
            self.enter("_annotation", BlockKind::Annotation, key, annotation.loc)?;
            self.expr(annotation)?;
            self.exit();
            return Ok(());
        }
        let outer = self.stack.last().copied().unwrap_or(0);
        let block = self.cur();
        let kind = block.kind;
        let conditional = kind == BlockKind::Module || (kind == BlockKind::Class && block.in_conditional_block);
        if conditional && !block.has_conditional_annotations {
            block.has_conditional_annotations = true;
            self.add_def("__conditional_annotations__", USE, annotation.loc)?;
        }
        match self.cur().annotation_block {
            Some(at) => self.enter_existing(at),
            None => {
                self.enter("__annotate__", BlockKind::Annotation, key, annotation.loc)?;
                self.table.blocks[outer].annotation_block = self.stack.last().copied();
                if kind == BlockKind::Class && !self.future.annotations {
                    self.cur().can_see_class_scope = true;
                    self.add_def("__classdict__", USE, annotation.loc)?;
                }
            }
        }
        let unevaluated = kind == BlockKind::Function;
        if unevaluated {
            self.cur().in_unevaluated_annotation = true;
        }
        let result = self.expr(annotation);
        if unevaluated {
            self.cur().in_unevaluated_annotation = false;
        }
        self.exit();
        result
    }

    /// The annotations of a function's parameters and result.
    fn annotations(&mut self, args: &Arguments, returns: Option<&Expr>, loc: Location) -> Result<()> {
        let lazy = self.version >= Version::V3_14;
        if lazy || self.future.annotations {
            let in_class = self.cur().can_see_class_scope || self.cur().kind == BlockKind::Class;
            let name = if lazy { "__annotate__" } else { "_annotation" };
            self.enter(name, BlockKind::Annotation, args.id, loc)?;
            if lazy && in_class {
                self.cur().can_see_class_scope = true;
                self.add_def("__classdict__", USE, loc)?;
            }
        }
        let vararg = args.vararg.as_deref().into_iter();
        let kwarg = args.kwarg.as_deref().into_iter();
        let list = args.posonlyargs.iter().chain(&args.args).chain(vararg).chain(kwarg).chain(&args.kwonlyargs);
        for annotation in list.filter_map(|arg| arg.annotation.as_ref()).chain(returns) {
            if lazy {
                self.cur().annotations_used = true;
            }
            self.expr(annotation)?;
        }
        if lazy || self.future.annotations {
            self.exit();
        }
        Ok(())
    }

    fn arguments(&mut self, args: &Arguments) -> Result<()> {
        for arg in args.posonlyargs.iter().chain(&args.args).chain(&args.kwonlyargs) {
            self.add_name(&arg.name, DEF_PARAM, arg.loc)?;
        }
        if let Some(arg) = &args.vararg {
            self.add_name(&arg.name, DEF_PARAM, arg.loc)?;
            self.cur().varargs = true;
        }
        if let Some(arg) = &args.kwarg {
            self.add_name(&arg.name, DEF_PARAM, arg.loc)?;
            self.cur().varkeywords = true;
        }
        Ok(())
    }

    fn keywords(&mut self, keywords: &[Keyword]) -> Result<()> {
        for keyword in keywords {
            if let Some(arg) = &keyword.arg {
                check_name(arg, keyword.loc, Context::Store)?;
            }
        }
        keywords.iter().try_for_each(|keyword| self.expr(&keyword.value))
    }

    fn aliases(&mut self, names: &[Alias]) -> Result<()> {
        for alias in names {
            let name = alias.asname.as_ref().unwrap_or(&alias.name);
            if &**name == "*" {
                if self.cur().kind != BlockKind::Module {
                    return Err(SyntaxError::at(alias.loc, "import * only allowed at module level"));
                }
                continue;
            }
            let bound = name.split('.').next().unwrap_or(name);
            self.add_def(bound, DEF_IMPORT, alias.loc)?;
        }
        Ok(())
    }

    fn expr(&mut self, expr: &Expr) -> Result<()> {
        deeper(|| self.expr_kind(expr))
    }

    fn expr_kind(&mut self, expr: &Expr) -> Result<()> {
        let loc = expr.loc;
        match &expr.kind {
            ExprKind::Named { target, value } => {
                self.raise_if_annotation_block("named expression", loc)?;
                if self.cur().comp_iter_expr > 0 {
                    let msg = "assignment expression cannot be used in a comprehension iterable expression";
                    return Err(SyntaxError::at(loc, msg));
                }
                if self.cur().comprehension != Comprehension::None {
                    self.extend_named_scope(target)?;
                }
                self.expr(value)?;
                self.expr(target)
            }
            ExprKind::BoolOp { values, .. } | ExprKind::JoinedStr(values) | ExprKind::TemplateStr(values) => self.exprs(values),
            ExprKind::BinOp { left, right, .. } => {
                self.expr(left)?;
                self.expr(right)
            }
            ExprKind::UnaryOp { operand, .. } => self.expr(operand),
            ExprKind::Lambda(lambda) => {
                self.exprs(&lambda.args.defaults)?;
                lambda.args.kw_defaults.iter().flatten().try_for_each(|default| self.expr(default))?;
                self.enter("lambda", BlockKind::Function, lambda.id, loc)?;
                self.arguments(&lambda.args)?;
                self.expr(&lambda.body)?;
                self.exit();
                Ok(())
            }
            ExprKind::IfExp { test, body, orelse } => {
                self.expr(test)?;
                self.expr(body)?;
                self.expr(orelse)
            }
            ExprKind::Dict { keys, values } => {
                keys.iter().flatten().try_for_each(|key| self.expr(key))?;
                self.exprs(values)
            }
            ExprKind::Set(elts) | ExprKind::List { elts, .. } | ExprKind::Tuple { elts, .. } => self.exprs(elts),
            ExprKind::Comp(comp) => self.comprehension(comp, loc),
            ExprKind::Yield(value) => {
                self.raise_if_annotation_block("yield expression", loc)?;
                self.optional(value.as_deref())?;
                self.cur().generator = true;
                self.raise_if_comprehension(loc)
            }
            ExprKind::YieldFrom(value) => {
                self.raise_if_annotation_block("yield expression", loc)?;
                self.expr(value)?;
                self.cur().generator = true;
                self.raise_if_comprehension(loc)
            }
            ExprKind::Await(value) => {
                self.raise_if_annotation_block("await expression", loc)?;
                if !self.allows_top_level_await() {
                    if !self.cur().is_function_like() {
                        return Err(SyntaxError::at(loc, "'await' outside function"));
                    }
                    if !self.is_async_def() && self.cur().comprehension == Comprehension::None {
                        return Err(SyntaxError::at(loc, "'await' outside async function"));
                    }
                }
                self.expr(value)?;
                self.cur().coroutine = true;
                Ok(())
            }
            ExprKind::Compare { left, comparators, .. } => {
                self.expr(left)?;
                self.exprs(comparators)
            }
            ExprKind::Call { func, args, keywords } => {
                self.expr(func)?;
                self.exprs(args)?;
                self.keywords(keywords)
            }
            ExprKind::FormattedValue { value, spec, .. } | ExprKind::Interpolation { value, spec, .. } => {
                self.expr(value)?;
                self.optional(spec.as_deref())
            }
            ExprKind::Constant(_) => Ok(()),
            ExprKind::Attribute { value, attr, ctx } => {
                check_name(attr, loc, *ctx)?;
                self.expr(value)
            }
            ExprKind::Subscript { value, slice, .. } => {
                self.expr(value)?;
                self.expr(slice)
            }
            ExprKind::Starred { value, .. } => self.expr(value),
            ExprKind::Slice { lower, upper, step } => {
                self.optional(lower.as_deref())?;
                self.optional(upper.as_deref())?;
                self.optional(step.as_deref())
            }
            ExprKind::Name { id, ctx } => {
                if self.cur().in_unevaluated_annotation {
                    return Ok(());
                }
                self.add_ctx(id, if *ctx == Context::Load { USE } else { DEF_LOCAL }, loc, *ctx)?;
                if *ctx == Context::Load && &**id == "super" && self.cur().is_function_like() {
                    self.add_def("__class__", USE, loc)?;
                }
                Ok(())
            }
        }
    }

    fn is_async_def(&mut self) -> bool {
        let block = self.cur();
        block.is_function_like() && block.coroutine
    }

    fn raise_if_comprehension(&mut self, loc: Location) -> Result<()> {
        let place = match self.cur().comprehension {
            Comprehension::None => return Ok(()),
            Comprehension::List => "list comprehension",
            Comprehension::Set => "set comprehension",
            Comprehension::Dict => "dict comprehension",
            Comprehension::Generator => "generator expression",
        };
        Err(SyntaxError::at(loc, format!("'yield' inside {place}")))
    }

    fn raise_if_annotation_block(&mut self, name: &str, loc: Location) -> Result<()> {
        let block = self.cur();
        let msg = match block.kind {
            BlockKind::Annotation => format!("{name} cannot be used within an annotation"),
            BlockKind::TypeVariable => format!("{name} cannot be used within {}", block.scope_info),
            BlockKind::TypeAlias => format!("{name} cannot be used within a type alias"),
            BlockKind::TypeParameters => format!("{name} cannot be used within the definition of a generic"),
            BlockKind::Function | BlockKind::Class | BlockKind::Module => return Ok(()),
        };
        Err(SyntaxError::at(loc, msg))
    }

    /// `:=` inside a comprehension binds in the scope around it.
    fn extend_named_scope(&mut self, target: &Expr) -> Result<()> {
        let ExprKind::Name { id, .. } = &target.kind else { return Ok(()) };
        let loc = target.loc;
        for at in self.stack.clone().into_iter().rev() {
            let block = &self.table.blocks[at];
            let in_scope = self.lookup(at, id);
            if block.comprehension != Comprehension::None {
                if in_scope.has(DEF_COMP_ITER) && in_scope.has(DEF_LOCAL) {
                    let msg = format!("assignment expression cannot rebind comprehension iteration variable '{id}'");
                    return Err(SyntaxError::at(loc, msg));
                }
                continue;
            }
            let place = match block.kind {
                BlockKind::Function => {
                    let flag = if in_scope.has(DEF_GLOBAL) { DEF_GLOBAL } else { DEF_NONLOCAL };
                    self.add_name(id, flag, loc)?;
                    self.record_directive(id, loc);
                    return self.add_to(at, id, DEF_LOCAL, loc);
                }
                BlockKind::Module => {
                    self.add_name(id, DEF_GLOBAL, loc)?;
                    self.record_directive(id, loc);
                    return self.add_to(at, id, DEF_GLOBAL, loc);
                }
                BlockKind::Class => "in a class body",
                BlockKind::TypeParameters => "within the definition of a generic",
                BlockKind::TypeAlias => "in a type alias",
                BlockKind::TypeVariable => "in a TypeVar bound",
                BlockKind::Annotation => continue,
            };
            let msg = match block.kind {
                BlockKind::Class => "assignment expression within a comprehension cannot be used in a class body".to_owned(),
                _ => format!("assignment expression within a comprehension cannot be used {place}"),
            };
            return Err(SyntaxError::at(loc, msg));
        }
        Err(SyntaxError::new(ErrorKind::Syntax, "invalid syntax", loc))
    }

    fn comprehension(&mut self, comp: &Comp, loc: Location) -> Result<()> {
        let Some((outermost, rest)) = comp.generators.split_first() else { return Ok(()) };
        self.cur().comp_iter_expr += 1;
        self.expr(&outermost.iter)?;
        self.cur().comp_iter_expr -= 1;
        let (name, kind) = match comp.kind {
            CompKind::List => ("listcomp", Comprehension::List),
            CompKind::Set => ("setcomp", Comprehension::Set),
            CompKind::Dict => ("dictcomp", Comprehension::Dict),
            CompKind::Generator => ("genexpr", Comprehension::Generator),
        };
        self.enter(name, BlockKind::Function, comp.id, loc)?;
        self.cur().comprehension = kind;
        if outermost.is_async {
            self.cur().coroutine = true;
        }
        self.add_def(".0", DEF_PARAM, loc)?;
        self.cur().comp_iter_target = true;
        self.expr(&outermost.target)?;
        self.cur().comp_iter_target = false;
        self.exprs(&outermost.ifs)?;
        for generator in rest {
            self.cur().comp_iter_target = true;
            self.expr(&generator.target)?;
            self.cur().comp_iter_target = false;
            self.cur().comp_iter_expr += 1;
            self.expr(&generator.iter)?;
            self.cur().comp_iter_expr -= 1;
            self.exprs(&generator.ifs)?;
            if generator.is_async {
                self.cur().coroutine = true;
            }
        }
        self.optional(comp.value.as_ref())?;
        self.expr(&comp.elt)?;
        let is_generator = comp.kind == CompKind::Generator;
        self.cur().generator = is_generator;
        let is_async = self.cur().coroutine && !is_generator;
        self.exit();
        if is_async {
            let outside = !self.is_async_def() && self.cur().comprehension == Comprehension::None && !self.allows_top_level_await();
            if outside {
                let msg = "asynchronous comprehension outside of an asynchronous function";
                return Err(SyntaxError::at(loc, msg));
            }
            self.cur().coroutine = true;
        }
        Ok(())
    }

    fn pattern(&mut self, pattern: &Pattern) -> Result<()> {
        deeper(|| self.pattern_kind(pattern))
    }

    fn pattern_kind(&mut self, pattern: &Pattern) -> Result<()> {
        let loc = pattern.loc;
        match &pattern.kind {
            PatternKind::Value(value) => self.expr(value),
            PatternKind::Singleton(_) => Ok(()),
            PatternKind::Sequence(patterns) | PatternKind::Or(patterns) => patterns.iter().try_for_each(|pattern| self.pattern(pattern)),
            PatternKind::Star(name) => name.as_ref().map_or(Ok(()), |name| self.add_name(name, DEF_LOCAL, loc)),
            PatternKind::Mapping { keys, patterns, rest } => {
                self.exprs(keys)?;
                patterns.iter().try_for_each(|pattern| self.pattern(pattern))?;
                rest.as_ref().map_or(Ok(()), |name| self.add_name(name, DEF_LOCAL, loc))
            }
            PatternKind::Class { cls, patterns, kwd_attrs, kwd_patterns } => {
                self.expr(cls)?;
                patterns.iter().try_for_each(|pattern| self.pattern(pattern))?;
                for (attr, pattern) in kwd_attrs.iter().zip(kwd_patterns) {
                    check_name(attr, pattern.loc, Context::Store)?;
                }
                kwd_patterns.iter().try_for_each(|pattern| self.pattern(pattern))
            }
            PatternKind::As { pattern, name } => {
                if let Some(pattern) = pattern {
                    self.pattern(pattern)?;
                }
                name.as_ref().map_or(Ok(()), |name| self.add_name(name, DEF_LOCAL, loc))
            }
        }
    }
}

fn check_name(name: &str, loc: Location, ctx: Context) -> Result<()> {
    if name != "__debug__" || ctx == Context::Load {
        return Ok(());
    }
    let verb = if ctx == Context::Store { "assign to" } else { "delete" };
    Err(SyntaxError::at(loc, format!("cannot {verb} __debug__")))
}
