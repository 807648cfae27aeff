//! The builtins that run code: `exec`, `eval`, `compile`, `globals`, `locals`, and `__build_class__` (`Python/bltinmodule.c`).

use std::collections::HashSet;

use compile::code::CO_FUTURE_ANNOTATIONS;
use compile::{Const, Mode, Options, Version};
use heap::{CellVar, Kind, Obj, Str, Tuple};

use crate::class::{Class, Convention, Method};
use crate::modules::ast;
use crate::objects::code::CodeObject;
use crate::objects::function::Function;
use crate::{Args, PyResult, Signature, Vm};

/// The functions of this file, for the module `builtins`.
pub(super) static FUNCTIONS: &[Method] = &[
    Method::new("__build_class__", build_class, Convention::Keywords),
    Method::new("compile", compile, Convention::Keywords)
        .signature("($module, /, source, filename, mode, flags=0,\n        dont_inherit=False, optimize=-1, *, _feature_version=-1)"),
    Method::new("eval", eval, Convention::Keywords).signature("($module, source, /, globals=None, locals=None)"),
    Method::new("exec", exec, Convention::Keywords).signature("($module, source, /, globals=None, locals=None, *, closure=None)"),
    Method::new("open", open, Convention::Keywords)
        .signature("($module, /, file, mode='r', buffering=-1, encoding=None,\n     errors=None, newline=None, closefd=True, opener=None)"),
    Method::new("globals", |vm, _, _| vm.current_globals(), Convention::NoArgs).signature("($module, /)"),
    Method::new("locals", |vm, _, _| vm.current_locals(), Convention::NoArgs).signature("($module, /)"),
];

/// The parser looks up names and forms of characters that a text has.
fn need_to_parse(text: &str) {
    library::packs::parsing(text).for_each(library::packs::need);
}

impl Vm {
    /// `globals()` of the innermost Python code.
    pub fn current_globals(&self) -> PyResult {
        match self.thread.visible() {
            Some(frame) => Ok((*frame.globals).clone()),
            None => Err(self.system_error("globals and locals cannot be NULL")),
        }
    }

    /// `locals()` of the innermost Python code.
    pub fn current_locals(&self) -> PyResult {
        match self.thread.visible() {
            Some(frame) => {
                let _copying = self.passing_for_locals(frame);
                self.frame_locals(frame)
            }
            None => Err(self.system_error("frame does not exist")),
        }
    }

    /// Compiles a text as this machine's version does, and shows the warnings.
    pub fn compile_text(&self, text: &str, filename: &str, mode: Mode, options: Options) -> PyResult {
        Ok(self.load_code(&self.compile(text, filename, mode, options)?.code))
    }

    /// As [`Vm::compile_text`], with what CPython's syntax tree holds: it lives as long as a script, a cell or the text of an `exec`
    /// runs, so each literal has one reference more meanwhile.
    pub fn compile_holding(&self, text: &str, filename: &str, mode: Mode, options: Options) -> PyResult<(Obj, Vec<Obj>)> {
        let compiled = self.compile(text, filename, mode, options)?;
        let code = self.load_code(&compiled.code);
        let held = self.held_by_tree(&code, compiled.literals);
        Ok((code, held))
    }

    /// Compiles a text as this machine's version does, and shows the warnings.
    pub(crate) fn compile(&self, text: &str, filename: &str, mode: Mode, options: Options) -> PyResult<compile::Compiled> {
        let options = Options { version: self.version, ..options };
        need_to_parse(text);
        match compile::compile_with_warnings(text, filename, mode, options) {
            Ok(compiled) => {
                self.warn_of_syntax(&compiled.warnings, filename)?;
                Ok(compiled)
            }
            Err(error) => Err(self.syntax_error(&error)),
        }
    }

    /// `_PyErr_EmitSyntaxWarning`: where such warnings are errors, they are syntax errors.
    fn warn_of_syntax(&self, warnings: &[compile::Warning], filename: &str) -> PyResult<()> {
        for warning in warnings {
            let category = &self.types.syntax_warning;
            self.warn_explicit(category, &warning.msg, filename, warning.line)
                .map_err(|raised| if raised.is(self, category) { self.syntax_error(&warning.error) } else { raised })?;
        }
        Ok(())
    }

    /// The tree of a text, as objects.
    fn parse_tree(&self, text: &str, filename: &str, mode: Mode, options: Options, optimized: bool) -> PyResult {
        need_to_parse(text);
        let (tree, warnings) = compile::parse_tree(text, filename, mode, options, optimized).map_err(|error| self.syntax_error(&error))?;
        self.warn_of_syntax(&warnings, filename)?;
        ast::to_object(self, &tree)
    }

    /// The code of a tree that a program has made.
    fn compile_tree(&self, tree: &Obj, filename: &str, mode: Mode, options: Options) -> PyResult {
        let node = ast::from_object(self, tree, kind_of_tree(mode))?;
        let compiled = compile::compile_tree(node, filename, options).map_err(|error| self.tree_error(error))?;
        self.warn_of_syntax(&compiled.warnings, filename)?;
        Ok(self.load_code(&compiled.code))
    }

    /// Such a tree as it would be compiled.
    fn optimize_tree(&self, tree: &Obj, filename: &str, mode: Mode, options: Options) -> PyResult {
        let node = ast::from_object(self, tree, kind_of_tree(mode))?;
        let (tree, warnings) = compile::optimize_tree(node, filename, options).map_err(|error| self.tree_error(error))?;
        self.warn_of_syntax(&warnings, filename)?;
        ast::to_object(self, &tree)
    }

    fn tree_error(&self, error: compile::TreeError) -> crate::Raised {
        match error {
            compile::TreeError::Invalid(message) => self.value_error(message),
            compile::TreeError::Syntax(error) => self.syntax_error(&error),
        }
    }

    fn held_by_tree(&self, code: &Obj, literals: Vec<Const>) -> Vec<Obj> {
        let literals: HashSet<Const> = literals.into_iter().collect();
        let mut held = Vec::new();
        let mut todo = vec![code.clone()];
        while let Some(code) = todo.pop() {
            let payload = self.code(&code);
            let values = payload.consts.get::<Tuple>().map(Tuple::items).unwrap_or_default();
            for (value, constant) in values.iter().zip(&payload.code.consts) {
                match constant {
                    Const::Code(_) => todo.push(value.clone()),
                    // Up to 3.13 arithmetic, tuples and sets of constants are done in the tree itself, and in 3.12 and 3.13 bytes are in it twice.
                    Const::Bytes(_) if matches!(self.version, Version::V3_12 | Version::V3_13) => {
                        held.extend([value.clone(), value.clone()])
                    }
                    Const::Slice(_) => {}
                    _ if self.version < Version::V3_14 || literals.contains(constant) => held.push(value.clone()),
                    _ => {}
                }
            }
        }
        held
    }

    /// Runs a whole text as a module's body (`PyRun_String`).
    pub fn exec_text(&self, text: &str, filename: &str, globals: &Obj) -> PyResult {
        let code = self.compile_text(text, filename, Mode::Exec, Options::default())?;
        self.ensure_builtins(globals)?;
        self.run_code(&code, globals, globals)
    }

    fn ensure_builtins(&self, globals: &Obj) -> PyResult<()> {
        let name = self.intern("__builtins__");
        if self.dict_get(globals, &name)?.is_none() {
            let builtins = match self.thread.visible() {
                Some(frame) => (*frame.builtins).clone(),
                None => self.builtins.get().unwrap_or_else(|| self.dict()),
            };
            self.dict_set(globals, &name, builtins)?;
        }
        Ok(())
    }

    fn inherited(&self) -> bool {
        self.thread.visible().is_some_and(|frame| frame.code().has_flag(CO_FUTURE_ANNOTATIONS))
    }

    /// The text of a source argument (`_Py_SourceAsString`).
    fn source_text(&self, source: &Obj, function: &str, what: &str, filename: &str) -> PyResult<String> {
        let text = match source.get::<Str>() {
            Some(text) => match text.to_str() {
                Some(text) => text.to_owned(),
                None => self.lossy(source),
            },
            None => match self.bytes_like(source) {
                Some(bytes) => self.decode_source_of(&bytes, None, filename)?,
                None => return Err(self.type_error(format!("{function}() arg 1 must be a {what} object"))),
            },
        };
        if text.contains('\0') {
            return Err(self.raise_text(&self.types.syntax_error, "source code string cannot contain null bytes"));
        }
        Ok(text)
    }

    /// `globals` and `locals` of `exec` and `eval`, with their defaults.
    fn namespaces(&self, function: &str, globals: Option<&Obj>, locals: Option<&Obj>) -> PyResult<(Obj, Obj)> {
        let given = |arg: Option<&Obj>| arg.filter(|arg| !arg.is(&self.consts.none)).cloned();
        let (globals, locals) = (given(globals), given(locals));
        if let Some(locals) = &locals
            && self.with_class(locals, |class| class.slots.subscript.get()).is_none()
        {
            let prefix =
                if function == "exec" || self.version >= compile::Version::V3_13 { format!("{function}() ") } else { String::new() };
            let _ = prefix;
            return Err(self.type_error(format!("locals must be a mapping or None, not {}", self.type_name(locals))));
        }
        if let Some(globals) = &globals
            && globals.kind() != Kind::DICT
        {
            if function == "eval" {
                let mapping = self.with_class(globals, |class| class.slots.subscript.get()).is_some();
                let text = if mapping { "globals must be a real dict; try eval(code, {}, mapping)" } else { "globals must be a dict" };
                return Err(self.type_error(text));
            }
            return Err(self.type_error(format!("exec() globals must be a dict, not {}", self.type_name(globals))));
        }
        let (globals, locals) = match (globals, locals) {
            (None, locals) => (
                self.current_globals()?,
                match locals {
                    Some(locals) => locals,
                    None => self.current_locals()?,
                },
            ),
            (Some(globals), locals) => {
                let locals = locals.unwrap_or_else(|| globals.clone());
                (globals, locals)
            }
        };
        self.ensure_builtins(&globals)?;
        Ok((globals, locals))
    }
}

/// The node at the root of a tree.
fn kind_of_tree(mode: Mode) -> &'static str {
    match mode {
        Mode::Exec => "Module",
        Mode::Eval => "Expression",
        Mode::Single => "Interactive",
    }
}

/// `open` is `_io`'s, which is imported when it is first called.
fn open(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let io = vm.import_module("_io")?;
    vm.call_args(&vm.getattr_str(&io, "open")?, args)
}

fn eval(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let signature = Signature { name: "eval", params: &["", "globals", "locals"], positional_only: 1, positional: 3, required: 1 };
    let [source, globals, locals] = args.bind::<3>(vm, &signature)?;
    let Some(source) = source else { unreachable!("the source is required") };
    let (globals, locals) = vm.namespaces("eval", globals, locals)?;
    if let Some(code) = source.get::<CodeObject>() {
        if code.code.nfreevars > 0 {
            return Err(vm.type_error("code object passed to eval() may not contain free variables"));
        }
        return vm.run_code(source, &globals, &locals);
    }
    let text = vm.source_text(source, "eval", "string, bytes or code", "<string>")?;
    let options = Options { future_annotations: vm.inherited(), ..Options::default() };
    let (code, _tree) = vm.compile_holding(text.trim_start_matches([' ', '\t']), "<string>", Mode::Eval, options)?;
    vm.run_code(&code, &globals, &locals)
}

fn exec(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let signature =
        Signature { name: "exec", params: &["", "globals", "locals", "closure"], positional_only: 1, positional: 3, required: 1 };
    let [source, globals, locals, closure] = args.bind::<4>(vm, &signature)?;
    let Some(source) = source else { unreachable!("the source is required") };
    let closure = closure.filter(|closure| !closure.is(&vm.consts.none));
    let (globals, locals) = vm.namespaces("exec", globals, locals)?;
    if let Some(code) = source.get::<CodeObject>() {
        let free = code.code.nfreevars as usize;
        if free == 0 {
            if closure.is_some() {
                return Err(vm.type_error("cannot use a closure with this code object"));
            }
        } else {
            let fits = closure
                .and_then(|closure| closure.get::<Tuple>())
                .is_some_and(|cells| cells.len() == free && cells.items().iter().all(|cell| cell.kind() == Kind::CELL));
            if !fits {
                return Err(vm.type_error(format!("code object requires a closure of exactly length {free}")));
            }
        }
        vm.run_code_with(source, &globals, Some(&locals), closure.cloned())?;
        return Ok(vm.none());
    }
    if closure.is_some() {
        return Err(vm.type_error("closure can only be used when source is a code object"));
    }
    let text = vm.source_text(source, "exec", "string, bytes or code", "<string>")?;
    let options = Options { future_annotations: vm.inherited(), ..Options::default() };
    let (code, _tree) = vm.compile_holding(&text, "<string>", Mode::Exec, options)?;
    vm.run_code(&code, &globals, &locals)?;
    Ok(vm.none())
}

const PYCF_ONLY_AST: i64 = 0x400;
const PYCF_OPTIMIZED_AST: i64 = 0x8400;
const PYCF_DONT_IMPLY_DEDENT: i64 = 0x200;
const PYCF_ALLOW_INCOMPLETE_INPUT: i64 = 0x4000;
const PYCF_TOP_LEVEL_AWAIT: i64 = 0x2000;
/// What else `compile` knows: nested scopes, features that are no longer future, UTF-8 source, type comments.
const PYCF_OTHERS: i64 = 0x10 | 0x1fe_0000 | 0x1000;

fn compile(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let signature = Signature {
        name: "compile",
        params: &["source", "filename", "mode", "flags", "dont_inherit", "optimize", "_feature_version"],
        positional_only: 0,
        positional: 6,
        required: 3,
    };
    let [source, filename, mode, flags, dont_inherit, optimize, _] = args.bind::<7>(vm, &signature)?;
    let (Some(source), Some(filename), Some(mode)) = (source, filename, mode) else { unreachable!("three are required") };
    let filename = match filename.get::<Str>() {
        Some(_) => vm.lossy(filename),
        None => match vm.bytes_like(filename) {
            Some(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            None => {
                return Err(vm.type_error(format!("expected str, bytes or os.PathLike object, not {}", vm.type_name(filename))));
            }
        },
    };
    if !Vm::is_text(mode) {
        return Err(vm.type_error(format!("compile() argument 'mode' must be str, not {}", vm.type_name(mode))));
    }
    let flags = i64::from(flags.map_or(Ok(0), |flags| vm.index_c_int(flags))?);
    let known = [PYCF_OPTIMIZED_AST, PYCF_DONT_IMPLY_DEDENT, PYCF_ALLOW_INCOMPLETE_INPUT, PYCF_TOP_LEVEL_AWAIT, PYCF_OTHERS];
    if flags & !known.iter().fold(0, |all, flag| all | flag) != 0 {
        return Err(vm.value_error("compile(): unrecognised flags"));
    }
    let optimize = optimize.map_or(Ok(-1), |optimize| vm.index_isize(optimize))?;
    if !(-1..=2).contains(&optimize) {
        return Err(vm.value_error("compile(): invalid optimize value"));
    }
    let inherit = !dont_inherit.map_or(Ok(false), |flag| vm.is_true(flag))? && vm.inherited();
    let mode = match &*vm.lossy(mode) {
        "exec" => Mode::Exec,
        "eval" => Mode::Eval,
        "single" => Mode::Single,
        "func_type" if flags & PYCF_ONLY_AST == 0 => {
            return Err(vm.value_error("compile() mode 'func_type' requires flag PyCF_ONLY_AST"));
        }
        _ => {
            let known = if flags & PYCF_ONLY_AST != 0 { "'exec', 'eval', 'single' or 'func_type'" } else { "'exec', 'eval' or 'single'" };
            return Err(vm.value_error(format!("compile() mode must be {known}")));
        }
    };
    if source.get::<CodeObject>().is_some() {
        return Ok(source.clone());
    }
    let options = Options {
        version: vm.version,
        optimize: optimize.max(0) as u8,
        future_annotations: inherit || flags & i64::from(CO_FUTURE_ANNOTATIONS) != 0,
        top_level_await: flags & PYCF_TOP_LEVEL_AWAIT != 0,
        allow_incomplete: flags & PYCF_ALLOW_INCOMPLETE_INPUT != 0,
        dont_imply_dedent: flags & PYCF_DONT_IMPLY_DEDENT != 0,
    };
    let (tree_wanted, optimized) = (flags & PYCF_ONLY_AST != 0, flags & PYCF_OPTIMIZED_AST == PYCF_OPTIMIZED_AST);
    if ast::is_tree(vm, source)? {
        return match tree_wanted {
            true if optimized => vm.optimize_tree(source, &filename, mode, options),
            true => Ok(source.clone()),
            false => vm.compile_tree(source, &filename, mode, options),
        };
    }
    let text = vm.source_text(source, "compile", "string, bytes or AST", &filename)?;
    let text = if mode == Mode::Eval { text.trim_start_matches([' ', '\t']) } else { &text };
    if tree_wanted { vm.parse_tree(text, &filename, mode, options, optimized) } else { vm.compile_text(text, &filename, mode, options) }
}

/// `__mro_entries__` of bases that are no classes (`update_bases`).
fn update_bases(vm: &Vm, bases: &Obj) -> PyResult {
    let items = bases.get::<Tuple>().map_or(&[][..], Tuple::items);
    let mut out: Option<Vec<Obj>> = None;
    for (i, base) in items.iter().enumerate() {
        let entries = if base.get::<Class>().is_some() { None } else { vm.getattr_opt_str(base, "__mro_entries__")? };
        match entries {
            None => {
                if let Some(out) = &mut out {
                    out.push(base.clone());
                }
            }
            Some(method) => {
                let entries = vm.call(&method, std::slice::from_ref(bases))?;
                let Some(entries) = entries.get::<Tuple>() else { return Err(vm.type_error("__mro_entries__ must return a tuple")) };
                out.get_or_insert_with(|| items[..i].to_vec()).extend(entries.items().iter().cloned());
            }
        }
    }
    Ok(out.map_or_else(|| bases.clone(), |out| vm.tuple(out)))
}

/// The most derived metaclass (`_PyType_CalculateMetaclass`).
fn best_metaclass(vm: &Vm, meta: Obj, bases: &[Obj]) -> PyResult {
    let mut winner = meta;
    for base in bases {
        let class = vm.class_of(base);
        if vm.subclass_of(&winner, &class) {
            continue;
        }
        if !vm.subclass_of(&class, &winner) {
            return Err(vm.type_error(
                "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of all its bases",
            ));
        }
        winner = class;
    }
    Ok(winner)
}

/// What a `class` statement calls.
fn build_class(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [func, name, bases @ ..] = args.pos() else { return Err(vm.type_error("__build_class__: not enough arguments")) };
    if func.get::<Function>().is_none() {
        return Err(vm.type_error("__build_class__: func must be a function"));
    }
    if !Vm::is_text(name) {
        return Err(vm.type_error("__build_class__: name is not a string"));
    }
    let orig_bases = vm.tuple(bases.to_vec());
    let bases = update_bases(vm, &orig_bases)?;
    let items = bases.get::<Tuple>().map_or(&[][..], Tuple::items);
    let mut names: Vec<Obj> = Vec::new();
    let mut values: Vec<Obj> = Vec::new();
    let mut meta = None;
    for (key, value) in args.keywords() {
        if vm.lossy(key) == "metaclass" {
            meta = Some(value.clone());
        } else {
            names.push(key.clone());
            values.push(value.clone());
        }
    }
    let meta = meta.unwrap_or_else(|| items.first().map_or_else(|| vm.types.type_.clone(), |base| vm.class_of(base)));
    let is_class = meta.get::<Class>().is_some();
    let meta = if is_class { best_metaclass(vm, meta, items)? } else { meta };
    // The keywords are in a dict from here on, and a class is called with it.
    let _keywords = args.has_keywords().then(|| vm.heap.passing(Kind::DICT));
    let call = |callable: &Obj, first: &[Obj]| {
        let all: Vec<Obj> = first.iter().chain(&values).cloned().collect();
        if callable.get::<Class>().is_some() {
            let tuple = vm.tuple(first.to_vec());
            return vm.call_args(callable, Args::new(&all, &names).with_tuple(&tuple));
        }
        let _names = vm.heap.passing_tuple(names.len());
        vm.call_args(callable, Args::new(&all, &names))
    };
    let namespace = match vm.getattr_opt_str(&meta, "__prepare__")? {
        Some(prepare) => call(&prepare, &[name.clone(), bases.clone()])?,
        None => vm.dict(),
    };
    if namespace.kind() != Kind::DICT && vm.with_class(&namespace, |class| class.slots.subscript.get()).is_none() {
        let meta_name = if is_class { vm.class_name(&meta) } else { "<metaclass>".to_owned() };
        return Err(vm.type_error(format!("{meta_name}.__prepare__() must return a mapping, not {}", vm.type_name(&namespace))));
    }
    // The body runs as the very function that the compiler made of it.
    let cell = vm.run_function_with(func.clone(), Some(&namespace))?;
    if !bases.is(&orig_bases) {
        vm.setitem(&namespace, &vm.intern("__orig_bases__"), Some(&orig_bases))?;
    }
    let class = call(&meta, &[name.clone(), bases.clone(), namespace.clone()])?;
    if class.get::<Class>().is_some()
        && let Some(cell) = cell.get::<CellVar>()
    {
        match cell.value.get() {
            None => {
                let (name, class) = (vm.repr_text(name)?, vm.repr_text(&class)?);
                let text = format!("__class__ not set defining {name} as {class}. Was __classcell__ propagated to type.__new__?");
                return Err(vm.runtime_error(text));
            }
            Some(other) if !other.is(&class) => {
                let (other, name, class) = (vm.repr_text(&other)?, vm.repr_text(name)?, vm.repr_text(&class)?);
                return Err(vm.type_error(format!("__class__ set to {other} defining {name} as {class}")));
            }
            Some(_) => {}
        }
    }
    Ok(class)
}
