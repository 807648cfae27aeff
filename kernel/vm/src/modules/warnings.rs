//! `_warnings`: whom a warning blames, which filter decides on it, and who shows it (`Python/_warnings.c`).

use std::cell::Cell;

use compile::Version;
use heap::{Dict, Kind, List, Obj, Slot, Tuple};

use super::ModuleSpec;
use crate::class::{Convention, Method};
use crate::objects::frame::FrameObject;
use crate::{Args, Class, Compare, PyResult, Raised, Signature, Vm};

use Convention::{Keywords, NoArgs};

pub(crate) static MODULE: ModuleSpec = ModuleSpec {
    name: "_warnings",
    functions: &[
        Method::new("warn", warn, Keywords)
            .signature("($module, /, message, category=None, stacklevel=1, source=None, *,\n     skip_file_prefixes=())"),
        Method::new("warn_explicit", warn_explicit, Keywords).signature(
            "($module, /, message, category, filename, lineno,\n              module=<unrepresentable>, registry=None,\n              \
             module_globals=None, source=None)",
        ),
        Method::new("_filters_mutated_lock_held", filters_mutated, NoArgs).signature("($module, /)"),
        Method::new("_acquire_lock", acquire_lock, NoArgs).signature("($module, /)"),
        Method::new("_release_lock", release_lock, NoArgs).signature("($module, /)"),
    ],
    init,
};

/// What the module keeps when `warnings` is not there.
#[derive(Default)]
pub(crate) struct Warnings {
    filters: Slot,
    once_registry: Slot,
    default_action: Slot,
    context: Slot,
    /// Changes with the filters: what registries have remembered is void then.
    version: Cell<i64>,
    /// How often the lock is held: there is one thread.
    held: Cell<usize>,
}

/// A warning on its way, and the place it blames.
struct Warning<'a> {
    category: Obj,
    message: Obj,
    filename: Obj,
    line: i64,
    /// The name of the module that is to blame.
    module: Obj,
    /// Its `__warningregistry__`.
    registry: Option<Obj>,
    /// The line's text, if a loader has told it.
    source_line: Option<Obj>,
    /// The object whose end is warned of.
    source: Option<&'a Obj>,
}

fn init(vm: &Vm, module: &Obj) -> PyResult<()> {
    let context = vm.getattr_str(&vm.import_module("_contextvars")?, "ContextVar")?;
    vm.state.warnings.context.set(vm.call(&context, &[vm.str("_warnings_context")])?);
    let state = vm.warnings_state();
    let dict = vm.module_dict(module);
    let kept = [
        ("filters", &state.filters),
        ("_onceregistry", &state.once_registry),
        ("_defaultaction", &state.default_action),
        ("_warnings_context", &state.context),
    ];
    for (name, slot) in kept {
        vm.dict_set_str(&dict, name, vm.slot_or_none(slot));
    }
    Ok(())
}

fn acquire_lock(vm: &Vm, _: &Obj, _: Args<'_>) -> PyResult {
    let held = &vm.state.warnings.held;
    held.set(held.get() + 1);
    Ok(vm.none())
}

fn release_lock(vm: &Vm, _: &Obj, _: Args<'_>) -> PyResult {
    let held = &vm.state.warnings.held;
    held.set(held.get().checked_sub(1).ok_or_else(|| vm.runtime_error("cannot release un-acquired lock"))?);
    Ok(vm.none())
}

fn filters_mutated(vm: &Vm, _: &Obj, _: Args<'_>) -> PyResult {
    if vm.state.warnings.held.get() == 0 {
        return Err(vm.runtime_error("warnings lock is not held"));
    }
    let version = &vm.state.warnings.version;
    version.set(version.get() + 1);
    Ok(vm.none())
}

fn warn(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature = Signature {
        name: "warn",
        params: &["message", "category", "stacklevel", "source", "skip_file_prefixes"],
        positional_only: 0,
        positional: 4,
        required: 1,
    };
    let [message, category, level, source, skipped] = args.bind(vm, &SIGNATURE)?;
    let message = message.expect("a required parameter is there");
    let mut level = level.map_or(Ok(1), |level| vm.index_isize(level))?;
    let skipped = match skipped {
        Some(given) => match given.get::<Tuple>() {
            Some(prefixes) => prefixes.items(),
            None => return Err(vm.type_error(format!("warn() argument 'skip_file_prefixes' must be tuple, not {}", vm.type_name(given)))),
        },
        None => &[],
    };
    if !skipped.is_empty() {
        if let Some(wrong) = skipped.iter().find(|prefix| !Vm::is_text(prefix)) {
            let name = vm.type_name(wrong);
            return Err(vm.type_error(format!("Found non-str '{}' in skip_file_prefixes.", if name.is_empty() { "object" } else { &name })));
        }
        level = level.max(2);
    }
    let category = vm.warning_category(message, category)?;
    vm.do_warn(message, category, level, source, skipped)?;
    Ok(vm.none())
}

fn warn_explicit(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature = Signature {
        name: "warn_explicit",
        params: &["message", "category", "filename", "lineno", "module", "registry", "module_globals", "source"],
        positional_only: 0,
        positional: 8,
        required: 4,
    };
    let [message, category, filename, line, module, registry, globals, source] = args.bind(vm, &SIGNATURE)?;
    let given = "a required parameter is there";
    let (message, category) = (message.expect(given), category.expect(given));
    let (filename, line) = (filename.expect(given), line.expect(given));
    if !Vm::is_text(filename) {
        return Err(vm.type_error(format!("warn_explicit() argument 'filename' must be str, not {}", vm.type_name(filename))));
    }
    let line = i64::from(vm.index_c_int(line)?);
    let category = vm.warning_category(message, Some(category))?;
    let source_line = match globals.filter(|globals| !globals.is(&vm.consts.none)) {
        Some(globals) if globals.get::<Dict>().is_none() => {
            return Err(vm.type_error(format!("module_globals must be a dict, not '{}'", vm.type_name(globals))));
        }
        Some(globals) => vm.line_from_loader(globals, line)?,
        None => None,
    };
    vm.decide_on_warning(Warning {
        category,
        message: message.clone(),
        filename: filename.clone(),
        line,
        module: module.cloned().unwrap_or_else(|| vm.module_of_file(filename)),
        registry: registry.filter(|registry| !registry.is(&vm.consts.none)).cloned(),
        source_line,
        source,
    })?;
    Ok(vm.none())
}

impl Vm {
    /// Issues a warning from the running code (`PyErr_WarnEx` with a stack level of 1).
    pub fn warn(&self, category: &Obj, text: &str) -> PyResult<()> {
        self.do_warn(&self.heap.str(text), category.clone(), 1, None, &[])
    }

    /// The same, about the end of an object (`PyErr_ResourceWarning`).
    pub(crate) fn warn_about(&self, category: &Obj, text: &str, source: &Obj) -> PyResult<()> {
        self.do_warn(&self.heap.str(text), category.clone(), 1, Some(source), &[])
    }

    /// Issues a warning about a place in a source file (`PyErr_WarnExplicitObject`).
    pub fn warn_explicit(&self, category: &Obj, text: &str, filename: &str, line: i32) -> PyResult<()> {
        let filename = self.str(filename);
        self.decide_on_warning(Warning {
            category: category.clone(),
            message: self.heap.str(text),
            module: self.module_of_file(&filename),
            filename,
            line: line.into(),
            registry: None,
            source_line: None,
            source: None,
        })
    }

    /// `_PyErr_WarnUnawaitedCoroutine`: `warnings` words it, or if that cannot be done, this.
    pub(crate) fn warn_unawaited_coroutine(&self, coroutine: &Obj, qualname: &str) -> PyResult<()> {
        let mut warned = false;
        let mut failed = None;
        if let Some(function) = self.warnings_attr("_warn_unawaited_coroutine", true)? {
            match self.call(&function, std::slice::from_ref(coroutine)) {
                Ok(_) => warned = true,
                Err(raised) => {
                    warned = raised.is(self, &self.types.runtime_warning);
                    failed = Some(raised);
                }
            }
        }
        if let Some(raised) = failed {
            self.unraisable(raised, Some("finalizing coroutine"), coroutine);
        }
        if warned {
            return Ok(());
        }
        let text = format!("coroutine '{qualname}' was never awaited");
        if let Err(raised) = self.warn_about(&self.types.runtime_warning, &text, coroutine) {
            self.unraisable(raised, Some("finalizing coroutine"), coroutine);
        }
        Ok(())
    }

    /// `get_category`.
    fn warning_category(&self, message: &Obj, category: Option<&Obj>) -> PyResult {
        let class = self.class_of(message);
        if self.is_kind_of(message, &self.types.warning) {
            return Ok(class);
        }
        let Some(category) = category.filter(|category| !category.is(&self.consts.none)) else {
            return Ok(self.types.user_warning.clone());
        };
        if category.get::<Class>().is_some() && self.is_subclass(category, &self.types.warning)? {
            return Ok(category.clone());
        }
        Err(self.type_error(format!("category must be a Warning subclass, not '{}'", self.type_name(category))))
    }

    /// `do_warn`, with `setup_context`: the frame that is to blame is so many levels up.
    fn do_warn(&self, message: &Obj, category: Obj, level: isize, source: Option<&Obj>, skipped: &[Obj]) -> PyResult<()> {
        let mut frame = self.current_frame(0);
        let internal_too = level <= 0 || frame.as_ref().is_some_and(|frame| self.is_internal_frame(frame));
        for _ in 1..level {
            let Some(from) = frame.take() else { break };
            frame = self.frame_back(&from);
            while let Some(at) = frame.as_ref().filter(|at| !internal_too && (self.is_internal_frame(at) || self.is_skipped(at, skipped))) {
                frame = self.frame_back(at);
            }
        }
        let (globals, filename, line) = match frame.as_ref().and_then(|frame| frame.get::<FrameObject>()) {
            Some(frame) => {
                let filename = self.code(&frame.code()).filename.clone();
                ((*frame.frame().globals).clone(), filename, frame.line().unwrap_or(0).into())
            }
            None => {
                let Some(sys) = self.sys.get() else { return Ok(()) };
                let (name, line) = if self.version >= Version::V3_12 { ("<sys>", 0) } else { ("sys", 1) };
                (sys, self.str(name), line)
            }
        };
        let registry = match self.dict_get_str(&globals, "__warningregistry__") {
            Some(registry) => registry,
            None => {
                let registry = self.new_dict();
                self.dict_set_str(&globals, "__warningregistry__", registry.clone());
                registry
            }
        };
        let named = self.dict_get_name(&globals, &self.names.__name__).filter(|name| Vm::is_text(name) || name.is(&self.consts.none));
        self.decide_on_warning(Warning {
            category,
            message: message.clone(),
            filename,
            line,
            module: named.unwrap_or_else(|| self.str("<string>")),
            registry: Some(registry).filter(|registry| !registry.is(&self.consts.none)),
            source_line: None,
            source,
        })
    }

    fn frame_back(&self, frame: &Obj) -> Option<Obj> {
        self.getattr_str(frame, "f_back").ok().filter(|back| !back.is(&self.consts.none))
    }

    fn file_of_frame(&self, frame: &Obj) -> String {
        frame.get::<FrameObject>().map_or(String::new(), |frame| self.lossy(&self.code(&frame.code()).filename))
    }

    /// `is_internal_filename`.
    fn is_internal_frame(&self, frame: &Obj) -> bool {
        let file = self.file_of_frame(frame);
        file.contains("importlib") && file.contains("_bootstrap")
    }

    fn is_skipped(&self, frame: &Obj, prefixes: &[Obj]) -> bool {
        let file = self.file_of_frame(frame);
        prefixes.iter().any(|prefix| file.starts_with(&self.lossy(prefix)))
    }

    /// `normalize_module`.
    fn module_of_file(&self, filename: &Obj) -> Obj {
        match &*self.lossy(filename) {
            "" => self.str("<unknown>"),
            name => self.str(name.strip_suffix(".py").unwrap_or(name)),
        }
    }

    /// `get_source_line`.
    fn line_from_loader(&self, globals: &Obj, line: i64) -> PyResult<Option<Obj>> {
        let loader = self.loader_of_globals(globals)?;
        let (Some(loader), Some(name)) = (loader, self.dict_get_name(globals, &self.names.__name__)) else { return Ok(None) };
        let Some(get_source) = self.getattr_opt_str(&loader, "get_source")? else { return Ok(None) };
        let source = self.call(&get_source, &[name])?;
        if source.is(&self.consts.none) {
            return Ok(None);
        }
        let lines = self.call(&self.getattr_str(&self.types.str, "splitlines")?, &[source])?;
        self.getitem(&lines, &self.int(line - 1)).map(Some)
    }

    /// The loader that a module's globals name: `__spec__` should, and up to 3.11 `__loader__` did (`_bless_my_loader`).
    fn loader_of_globals(&self, globals: &Obj) -> PyResult<Option<Obj>> {
        let given = |found: Option<Obj>| found.filter(|found| !found.is(&self.consts.none));
        let loader = given(self.dict_get_str(globals, "__loader__"));
        if self.version < Version::V3_12 {
            return Ok(loader);
        }
        let spec = self.dict_get_str(globals, "__spec__");
        if loader.is_none() && spec.is_none() {
            return Ok(None);
        }
        let spec = given(spec);
        let named = spec.as_ref().map(|spec| self.getattr_opt_str(spec, "loader")).transpose()?.flatten();
        let without = "Module globals is missing a __spec__.loader";
        match (loader, named) {
            (None, None) if spec.is_some() => Err(self.raise_text(&self.types.attribute_error, without)),
            (None, named) => match given(named) {
                Some(named) => Ok(Some(named)),
                None => Err(self.value_error(without)),
            },
            (Some(loader), named) => {
                match given(named) {
                    None => self.warn(&self.types.deprecation_warning, without)?,
                    Some(named) if !self.eq(&loader, &named)? => {
                        self.warn(&self.types.deprecation_warning, "Module globals; __loader__ != __spec__.loader")?;
                    }
                    Some(_) => {}
                }
                Ok(Some(loader))
            }
        }
    }

    /// What holds before the first warning (`warnings_init_state`). It needs no module: at the end of a program there may be none.
    fn warnings_state(&self) -> &Warnings {
        let (state, types) = (&self.state.warnings, &self.types);
        if state.filters.is_empty() {
            let filter = |action: &str, category: &Obj, module: Obj| {
                self.tuple(vec![self.intern(action), self.none(), category.clone(), module, self.int(0)])
            };
            let mut filters = vec![filter("default", &types.deprecation_warning, self.intern("__main__"))];
            let ignored = [&types.deprecation_warning, &types.pending_deprecation_warning, &types.import_warning, &types.resource_warning];
            filters.extend(ignored.into_iter().map(|category| filter("ignore", category, self.none())));
            state.filters.set(self.list(filters));
            state.once_registry.set(self.new_dict());
            state.default_action.set(self.intern("default"));
        }
        state
    }

    /// `warn_explicit`.
    fn decide_on_warning(&self, warning: Warning<'_>) -> PyResult<()> {
        let Warning { category, message, filename, line, module, registry, source_line, source } = warning;
        if registry.as_ref().is_some_and(|registry| registry.get::<Dict>().is_none()) {
            return Err(self.type_error("'registry' must be a dict or None"));
        }
        let (text, category, message) = if self.is_kind_of(&message, &self.types.warning) {
            (self.str_of(&message)?, self.class_of(&message), message)
        } else {
            let made = self.call(&category, std::slice::from_ref(&message))?;
            (message, category, made)
        };
        let source = source.filter(|source| !source.is(&self.consts.none));
        let key = self.tuple(vec![text.clone(), category.clone(), self.int(line)]);
        if let Some(registry) = &registry
            && self.already_warned(registry, &key, false)?
        {
            return Ok(());
        }
        let action = self.warning_action(&category, &text, line, &module)?;
        let once = match &*self.lossy(&action) {
            "error" => return Err(Raised(message)),
            "ignore" => return Ok(()),
            "always" | "all" => None,
            action => {
                if let Some(registry) = &registry {
                    self.dict_set(registry, &key, self.bool(true))?;
                }
                match action {
                    "once" => Some(self.once_registry()?),
                    "module" => registry,
                    _ => None,
                }
            }
        };
        if let Some(registry) = once {
            let key = self.tuple(vec![text.clone(), category.clone()]);
            if self.already_warned(&registry, &key, true)? {
                return Ok(());
            }
        }
        self.show_warning(&category, &text, message, &filename, line, source_line, source)
    }

    /// `already_warned`: whether the registry knows the key. It forgets all when the filters have changed.
    fn already_warned(&self, registry: &Obj, key: &Obj, remember: bool) -> PyResult<bool> {
        let version = self.state.warnings.version.get();
        let known = self.dict_get_str(registry, "version");
        if known.and_then(|known| known.plain_int()) != Some(version) {
            drop(registry.get::<Dict>().map(Dict::take));
            self.dict_set_str(registry, "version", self.int(version));
        } else if let Some(found) = self.dict_get(registry, key)?
            && self.is_true(&found)?
        {
            return Ok(true);
        }
        if remember {
            self.dict_set(registry, key, self.bool(true))?;
        }
        Ok(false)
    }

    /// `get_once_registry`.
    fn once_registry(&self) -> PyResult {
        let registry = self.warnings_value("onceregistry", &self.warnings_state().once_registry)?;
        if registry.get::<Dict>().is_none() {
            let text = format!("_warnings.onceregistry must be a dict, not '{}'", self.type_name(&registry));
            return Err(self.type_error(text));
        }
        Ok(registry)
    }

    /// `get_filter`: the action of the first filter that fits. Those of the running context come before those of all.
    fn warning_action(&self, category: &Obj, text: &Obj, line: i64, module: &Obj) -> PyResult {
        let state = self.warnings_state();
        let context = state.context.get().filter(|_| self.version >= Version::V3_14);
        let context = context.map_or(Ok(None), |context| super::contextvars::value_of(self, &context))?;
        if let Some(context) = context.filter(|context| !context.is(&self.consts.none)) {
            let filters = self.getattr_str(&context, "_filters")?;
            if filters.get::<List>().is_none() {
                return Err(self.type_error("_filters of warnings._warnings_context must be a list"));
            }
            if let Some(action) = self.fitting_action(&filters, category, text, line, module)? {
                return Ok(action);
            }
        }
        let filters = self.warnings_value("filters", &state.filters)?;
        if filters.get::<List>().is_none() {
            return Err(self.value_error("_warnings.filters must be a list"));
        }
        if let Some(action) = self.fitting_action(&filters, category, text, line, module)? {
            return Ok(action);
        }
        let action = self.warnings_value("defaultaction", &state.default_action)?;
        if !Vm::is_text(&action) {
            let text = format!("_warnings.defaultaction must be a string, not '{}'", self.type_name(&action));
            return Err(self.type_error(text));
        }
        Ok(action)
    }

    /// `filter_search`.
    fn fitting_action(&self, filters: &Obj, category: &Obj, text: &Obj, line: i64, module: &Obj) -> PyResult<Option<Obj>> {
        let mut at = 0;
        // What a filter's pattern does can change the list.
        while let Some(filter) = filters.get::<List>().and_then(|list| list.get(at)) {
            let Some([action, message, class, from, filter_line]) = filter.get::<Tuple>().map(Tuple::items) else {
                return Err(self.value_error(format!("warnings.filters item {at} isn't a 5-tuple")));
            };
            if !Vm::is_text(action) {
                return Err(self.type_error(format!("action must be a string, not '{}'", self.type_name(action))));
            }
            let fits = self.pattern_fits(message, text)?;
            let fits = self.pattern_fits(from, module)? && fits;
            let fits = self.is_subclass(category, class)? && fits;
            let only = self.index_isize(filter_line)? as i64;
            if fits && (only == 0 || only == line) {
                return Ok(Some(action.clone()));
            }
            at += 1;
        }
        Ok(None)
    }

    /// `check_matched`: nothing fits all, a string itself, a pattern what it matches.
    fn pattern_fits(&self, pattern: &Obj, text: &Obj) -> PyResult<bool> {
        if pattern.is(&self.consts.none) {
            return Ok(true);
        }
        if pattern.kind() == Kind::STR {
            return self.compare_bool(pattern, text, Compare::Eq);
        }
        let matched = self.call_method(pattern, "match", std::slice::from_ref(text))?;
        self.is_true(&matched)
    }

    /// `get_warnings_attr`: a name of the module `warnings`, as programs may have changed it. At the end of a program nothing is imported.
    fn warnings_attr(&self, name: &str, import: bool) -> PyResult<Option<Obj>> {
        let module = if import && !self.state.finalizing.get() {
            // `PyImport_Import` gives a list of no names.
            drop(self.heap.passing(Kind::LIST));
            match self.import_module("warnings") {
                Ok(module) => Some(module),
                Err(raised) if raised.is(self, &self.types.import_error) => None,
                Err(raised) => return Err(raised),
            }
        } else {
            self.modules.get().and_then(|modules| self.dict_get_str(&modules, "warnings"))
        };
        module.map_or(Ok(None), |module| self.getattr_opt_str(&module, name))
    }

    /// A value of `warnings`; without the module, what it was when it was last seen.
    fn warnings_value(&self, name: &str, seen: &Slot) -> PyResult {
        if let Some(value) = self.warnings_attr(name, false)? {
            seen.set(value);
        }
        Ok(self.slot_or_none(seen))
    }

    /// `call_show_warning`. Where the object came from only the module can tell, so it is imported if there is one.
    #[expect(clippy::too_many_arguments, reason = "a warning has so many parts")]
    fn show_warning(
        &self,
        category: &Obj,
        text: &Obj,
        message: Obj,
        filename: &Obj,
        line: i64,
        source_line: Option<Obj>,
        source: Option<&Obj>,
    ) -> PyResult<()> {
        let Some(show) = self.warnings_attr("_showwarnmsg", source.is_some())? else {
            self.print_warning(category, text, filename, line, source_line);
            return Ok(());
        };
        if !self.is_callable(&show) {
            return Err(self.type_error("warnings._showwarnmsg() must be set to a callable"));
        }
        let Some(class) = self.warnings_attr("WarningMessage", false)? else {
            return Err(self.runtime_error("unable to get warnings.WarningMessage"));
        };
        let none = self.none();
        let source = source.unwrap_or(&none).clone();
        let parts = [message, category.clone(), filename.clone(), self.int(line), self.none(), self.none(), source];
        let shown = self.call(&class, &parts)?;
        self.call(&show, std::slice::from_ref(&shown)).map(drop)
    }

    /// `show_warning`: while nobody has imported `warnings`.
    fn print_warning(&self, category: &Obj, text: &Obj, filename: &Obj, line: i64, source_line: Option<Obj>) {
        let filename = self.lossy(filename);
        let mut shown = format!("{filename}:{line}: {}: {}\n", self.class_name(category), self.lossy(text));
        let source_line = source_line.map(|line| self.lossy(&line));
        if let Some(line) = source_line.or_else(|| self.source_line(&filename, usize::try_from(line).unwrap_or(0))) {
            let line = line.trim();
            if !line.is_empty() {
                shown += &format!("  {line}\n");
            }
        }
        self.write_stderr(&shown);
    }
}
