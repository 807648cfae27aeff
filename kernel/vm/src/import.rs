//! `import`: finding a module, running its code once, and `__import__` (`Python/import.c`, `importlib._bootstrap`).
//!
//! Three places are searched in order: the machine's own modules, the embedded library, and the folders of `sys.path`. The search is
//! native, so that a program that imports nothing runs no Python code before its own.

use std::path::{Path, PathBuf};

use compile::{Mode, Options, Version};
use heap::{List, Obj, Str, Tuple};

use crate::{Args, PyResult, Raised, Signature, Vm, code_cache, kinds, modules};

/// Where the file name of an embedded module begins; no such folder exists. The version follows.
const EMBEDDED: &str = "/heapbook/lib/python";

/// The modules that CPython has in itself: tracebacks call them frozen, and show no lines of theirs.
const FROZEN: [&str; 13] = [
    "_collections_abc",
    "_sitebuiltins",
    "abc",
    "codecs",
    "genericpath",
    "importlib.machinery",
    "importlib.util",
    "io",
    "ntpath",
    "os",
    "posixpath",
    "runpy",
    "stat",
];

/// The modules that CPython's own start imports: a program that imports them finds them there.
const AT_START: [&str; 26] = [
    "_abc",
    "_codecs",
    "_collections_abc",
    "_imp",
    "_io",
    "_signal",
    "_sitebuiltins",
    "_stat",
    "_thread",
    "_warnings",
    "_weakref",
    "abc",
    "codecs",
    "encodings",
    "encodings.aliases",
    "encodings.utf_8",
    "errno",
    "genericpath",
    "marshal",
    "os",
    "posix",
    "posixpath",
    "site",
    "stat",
    "time",
    "zipimport",
];

/// Whether a script finds the module imported already: `io` was needed by the start up to 3.13.
fn is_there_at_start(version: Version, name: &str) -> bool {
    AT_START.contains(&name) || name == "io" && version < Version::V3_14
}

/// The name of the embedded module that a file name means.
pub(crate) fn embedded_module(filename: &str) -> Option<String> {
    let (_, path) = filename.strip_prefix(EMBEDDED)?.split_once('/')?;
    let path = path.strip_suffix(".py")?;
    Some(path.strip_suffix("/__init__").unwrap_or(path).replace('/', "."))
}

/// What was found for a name.
enum Found {
    Builtin(&'static modules::ModuleSpec),
    Source {
        /// Nothing is the library's own text, which is unpacked only if it has to be compiled.
        text: Option<Vec<u8>>,
        filename: String,
        package: Option<Option<String>>,
    },
    /// A folder without `__init__.py` (PEP 420).
    Namespace(Vec<String>),
}

impl Vm {
    /// Imports a module by its full name and gives the module itself: `importlib.import_module`.
    pub fn import_module(&self, name: &str) -> PyResult {
        let mut parent: Option<Obj> = None;
        let mut full = String::new();
        for part in name.split('.') {
            if part.is_empty() {
                return Err(self.value_error("Empty module name"));
            }
            if !full.is_empty() {
                full.push('.');
            }
            full += part;
            let module = match self.imported(&full)? {
                Some(module) => module,
                None => self.load(&full, parent.as_ref())?,
            };
            if let Some(parent) = &parent
                && self.getattr_opt_str(parent, part)?.is_none()
            {
                self.setattr_str(parent, part, Some(&module))?;
            }
            parent = Some(module);
        }
        parent.ok_or_else(|| self.value_error("Empty module name"))
    }

    /// The names of all modules that an import finds without looking into folders.
    pub fn module_names(&self) -> Vec<String> {
        let added = self.added.borrow();
        let own = modules::names().into_iter().chain(added.keys().copied());
        own.chain(library::names()).map(str::to_owned).collect()
    }

    /// Adds a module to the library of this machine.
    pub fn add_source(&self, name: &'static str, is_package: bool, text: &'static str) {
        self.added.borrow_mut().insert(name, (is_package, text));
    }

    /// The module of that name in `sys.modules`.
    fn imported(&self, name: &str) -> PyResult<Option<Obj>> {
        let Some(modules) = self.modules.get() else { return Err(self.runtime_error("unable to get sys.modules")) };
        match self.dict_get(&modules, &self.intern(name))? {
            Some(module) if module.is(&self.consts.none) => {
                Err(self.module_not_found(&format!("import of {name} halted; None in sys.modules"), name))
            }
            found => Ok(found),
        }
    }

    /// Finds, makes and runs a module that is not in `sys.modules` yet. What is there from the start in CPython counts no allocations.
    fn load(&self, name: &str, parent: Option<&Obj>) -> PyResult {
        if is_there_at_start(self.version, name) {
            let before = self.heap.count_tracked();
            let loaded = self.heap.uncounted(|| self.load_now(name, parent));
            let made = self.heap.count_tracked().saturating_sub(before);
            self.heap.set_objects_beside(self.heap.objects_beside().saturating_sub(made));
            loaded
        } else {
            self.load_now(name, parent)
        }
    }

    fn load_now(&self, name: &str, parent: Option<&Obj>) -> PyResult {
        let path = match parent {
            Some(parent) => match self.getattr_opt_str(parent, "__path__")? {
                Some(path) => Some(self.path_strings(&path)?),
                None => {
                    let package = name.rsplit_once('.').map_or("", |(package, _)| package);
                    return Err(self.module_not_found(&format!("No module named '{name}'; '{package}' is not a package"), name));
                }
            },
            None => None,
        };
        if let Some(module) = self.load_by_finders(name, parent)? {
            return Ok(module);
        }
        match self.find_module(name, path)? {
            Some(Found::Builtin(spec)) => {
                let module = self.make_module(spec)?;
                self.enter(name, &module)?;
                Ok(module)
            }
            Some(Found::Source { text, filename, package }) => self.run_module(name, text.as_deref(), &filename, package),
            Some(Found::Namespace(folders)) => {
                let module = self.new_module(name);
                let dict = self.module_dict(&module);
                let path = self.list(folders.iter().map(|folder| self.str(folder)).collect());
                self.dict_set_str(&dict, "__path__", path);
                self.enter(name, &module)?;
                Ok(module)
            }
            None => Err(self.module_not_found(&format!("No module named '{name}'"), name)),
        }
    }

    /// The module that a finder of the program's own knows: what stands in `sys.meta_path` is asked first.
    fn load_by_finders(&self, name: &str, parent: Option<&Obj>) -> PyResult<Option<Obj>> {
        let Some(finders) = self.sys.get().and_then(|sys| self.dict_get_str(&sys, "meta_path")) else { return Ok(None) };
        let finders = self.to_vec(&finders)?;
        if finders.is_empty() || modules::find(name).is_some() {
            return Ok(None);
        }
        let path = match parent {
            Some(parent) => self.getattr_str(parent, "__path__")?,
            None => self.none(),
        };
        for finder in finders {
            let Some(find_spec) = self.getattr_opt_str(&finder, "find_spec")? else { continue };
            let spec = self.call(&find_spec, &[self.str(name), path.clone(), self.none()])?;
            if !spec.is(&self.consts.none) {
                return self.call_method(&self.import_module("importlib.util")?, "_load", &[spec]).map(Some);
            }
        }
        Ok(None)
    }

    fn enter(&self, name: &str, module: &Obj) -> PyResult<()> {
        let modules = self.modules.get().ok_or_else(|| self.runtime_error("unable to get sys.modules"))?;
        self.dict_set(&modules, &self.intern(name), module.clone())
    }

    /// The full name of a module, or of a package's `__main__`, its text and its file name.
    pub(crate) fn find_main(&self, name: &str) -> PyResult<(String, String, String)> {
        // A module of a package is found by the package's path, which importing the package makes.
        let path = match name.rsplit_once('.') {
            Some((package, _)) => {
                let package = self.import_module(package).map_err(|raised| {
                    let class = self.type_name(&raised.0);
                    let text = self.text_of(&raised.0).unwrap_or_default();
                    self.import_error(&format!("Error while finding module specification for '{name}' ({class}: {text})"))
                })?;
                self.getattr_opt_str(&package, "__path__")?.map(|path| self.path_strings(&path)).transpose()?
            }
            None => None,
        };
        match self.find_module(name, path)? {
            Some(Found::Source { package: Some(_), .. }) => {
                self.import_module(name)?;
                match self.find_main(&format!("{name}.__main__")) {
                    Err(raised) if raised.is(self, &self.types.import_error) => {
                        let text = format!("No module named {name}.__main__; '{name}' is a package and cannot be directly executed");
                        Err(self.import_error(&text))
                    }
                    found => found,
                }
            }
            Some(Found::Source { text, filename, .. }) => {
                let text = self.text_of_module(name, text.as_deref(), &filename)?;
                Ok((name.to_owned(), text, filename))
            }
            _ => Err(self.import_error(&format!("No module named {name}"))),
        }
    }

    fn path_strings(&self, path: &Obj) -> PyResult<Vec<String>> {
        Ok(self.to_vec(path)?.iter().filter(|entry| entry.get::<Str>().is_some()).map(|entry| self.lossy(entry)).collect())
    }

    fn find_module(&self, name: &str, path: Option<Vec<String>>) -> PyResult<Option<Found>> {
        // `_types` came with 3.14.
        if let Some(spec) = modules::find(name).filter(|spec| spec.name != "_types" || self.version >= Version::V3_14) {
            return Ok(Some(Found::Builtin(spec)));
        }
        // A package of the reader's own is searched before the library's of the same name: its parent's path says where.
        if let Some((is_package, text)) = self.added.borrow().get(name) {
            let (filename, package) = self.embedded_path(name, *is_package);
            return Ok(Some(Found::Source { text: Some(text.as_bytes().to_vec()), filename, package }));
        }
        let embedded = path.as_ref().is_none_or(|path| path.iter().any(|folder| folder.starts_with(EMBEDDED)));
        if embedded && let Some(is_package) = library::is_package(name) {
            let (filename, package) = self.embedded_path(name, is_package);
            return Ok(Some(Found::Source { text: None, filename, package }));
        }
        let folders = match path {
            Some(path) => path,
            None => match self.sys.get().and_then(|sys| self.dict_get_str(&sys, "path")) {
                Some(path) => self.path_strings(&path)?,
                None => Vec::new(),
            },
        };
        let last = name.rsplit('.').next().unwrap_or(name);
        let mut namespace = Vec::new();
        for folder in folders.iter().filter(|folder| !folder.starts_with(EMBEDDED)) {
            let base: PathBuf = if folder.is_empty() { PathBuf::from(".") } else { PathBuf::from(folder) }.join(last);
            let init = base.join("__init__.py");
            if let Some(source) = self.read_source(&init) {
                let filename = init.to_string_lossy().into_owned();
                return Ok(Some(Found::Source { text: Some(source), filename, package: Some(Some(base.to_string_lossy().into_owned())) }));
            }
            let file = base.with_extension("py");
            if let Some(source) = self.read_source(&file) {
                return Ok(Some(Found::Source { text: Some(source), filename: file.to_string_lossy().into_owned(), package: None }));
            }
            if self.host.stat(&base) == Some(true) {
                namespace.push(base.to_string_lossy().into_owned());
            }
        }
        // A module of the reader's own comes first.
        if let Some(spec) = modules::find_stand_in(name) {
            return Ok(Some(Found::Builtin(spec)));
        }
        Ok((!namespace.is_empty()).then_some(Found::Namespace(namespace)))
    }

    fn read_source(&self, path: &Path) -> Option<Vec<u8>> {
        if self.host.stat(path) == Some(false) { self.host.read_file(path).ok() } else { None }
    }

    /// The source of an embedded module.
    pub(crate) fn library_source(&self, name: &str) -> Option<library::Source> {
        library::source_as_of(name, self.version.release().1)
    }

    /// The file name of an embedded module, and the folder of a package.
    pub(crate) fn embedded_path(&self, name: &str, is_package: bool) -> (String, Option<Option<String>>) {
        let (major, minor, _) = self.version.release();
        let base = format!("{EMBEDDED}{major}.{minor}/{}", name.replace('.', "/"));
        if is_package { (format!("{base}/__init__.py"), Some(Some(base))) } else { (format!("{base}.py"), None) }
    }

    /// The source of a module that was found.
    fn text_of_module(&self, name: &str, text: Option<&[u8]>, filename: &str) -> PyResult<String> {
        match text {
            Some(text) => self.decode_source(text, filename),
            None => Ok(self.library_source(name).map(|source| source.text).unwrap_or_default()),
        }
    }

    fn run_module(&self, name: &str, text: Option<&[u8]>, filename: &str, package: Option<Option<String>>) -> PyResult {
        // The library is 3.14's: what it annotates with need not be there yet.
        let embedded = filename.starts_with(EMBEDDED);
        let options = Options { future_annotations: embedded && self.version < Version::V3_14, ..Options::default() };
        let shown = if embedded && FROZEN.contains(&name) { format!("<frozen {name}>") } else { filename.to_owned() };
        let before = self.state.reads_code.replace(embedded);
        let code = match embedded.then(|| code_cache::kept(name, self.version)).flatten() {
            Some(kept) => Ok(kept),
            None => self.text_of_module(name, text, filename).and_then(|source| {
                let compiled = self.compile(&source, &shown, Mode::Exec, options)?;
                if embedded {
                    code_cache::keep(name, self.version, &compiled.code);
                }
                Ok(compiled.code)
            }),
        };
        let code = code.map(|code| self.load_code(&code));
        self.state.reads_code.set(before);
        let code = code?;
        let module = self.new_module(name);
        let dict = self.module_dict(&module);
        self.dict_set_str(&dict, "__file__", self.str(filename));
        let home = match &package {
            Some(folder) => {
                let folder = folder.clone().unwrap_or_default();
                self.dict_set_str(&dict, "__path__", self.list(vec![self.str(&folder)]));
                name
            }
            None => name.rsplit_once('.').map_or("", |(package, _)| package),
        };
        self.dict_set_str(&dict, "__package__", self.str(home));
        if embedded {
            self.dict_set_str(&dict, "__loader__", self.types.library_loader.clone());
        }
        self.dict_set_str(
            &dict,
            "__spec__",
            self.module_spec(name, filename, package.as_ref().map(|folder| folder.as_deref().unwrap_or_default())),
        );
        if embedded && self.version < Version::V3_13 {
            self.lend_later_names(&self.text_of_module(name, text, filename)?, &dict);
        }
        if let Some(builtins) = self.builtins.get() {
            self.dict_set_str(&dict, "__builtins__", builtins);
        }
        self.enter(name, &module)?;
        match self.run_code(&code, &dict, &dict) {
            // A module may put something else in its place.
            Ok(_) => Ok(self.imported(name)?.unwrap_or(module)),
            Err(raised) => {
                if let Some(modules) = self.modules.get() {
                    drop(self.dict_remove(&modules, &self.intern(name)));
                }
                Err(raised)
            }
        }
    }

    /// `__spec__`: where the module came from. A plain namespace, until somebody imports `importlib`.
    /// `package` is a package's folder.
    pub(crate) fn module_spec(&self, name: &str, filename: &str, package: Option<&str>) -> Obj {
        let parent = if package.is_some() { name } else { name.rsplit_once('.').map_or("", |(parent, _)| parent) };
        let locations = package.map_or_else(|| self.none(), |folder| self.list(vec![self.str(folder)]));
        let loader = if filename.starts_with(EMBEDDED) { self.types.library_loader.clone() } else { self.none() };
        self.namespace_of(&[
            ("name", self.str(name)),
            ("loader", loader),
            ("origin", self.str(filename)),
            ("submodule_search_locations", locations),
            ("cached", self.none()),
            ("parent", self.str(parent)),
            ("has_location", self.bool(true)),
            ("_initializing", self.bool(false)),
        ])
    }

    /// `builtins.__import__`: what an `import` statement calls.
    pub(crate) fn import(&self, name: &Obj, globals: Option<&Obj>, fromlist: Option<&Obj>, level: usize) -> PyResult {
        let given = self.lossy(name);
        let full = if level == 0 { given.clone() } else { self.absolute_name(&given, globals, level)? };
        if full.is_empty() {
            return Err(self.value_error("Empty module name"));
        }
        let module = self.import_module(&full)?;
        let names = match fromlist {
            Some(list) if !list.is(&self.consts.none) && self.is_true(list)? => list,
            _ if level == 0 => return self.import_module(given.split('.').next().unwrap_or(&given)),
            _ if given.is_empty() => return Ok(module),
            _ => {
                // `import .a.b` in the old form: the module of the first name.
                let cut = full.len() - (given.len() - given.split('.').next().map_or(0, str::len));
                return self.import_module(&full[..cut]);
            }
        };
        if self.getattr_opt_str(&module, "__path__")?.is_some() {
            // That is a function in Python, which does what waits when it begins, and after each name.
            self.check_pending()?;
            let _iterator = self.heap.passing(if names.get::<List>().is_some() { kinds::LIST_ITERATOR } else { kinds::TUPLE_ITERATOR });
            self.import_submodules(&module, &full, names)?;
        }
        Ok(module)
    }

    /// `_handle_fromlist`: names that are submodules are imported; a name that is not there is the importing statement's affair.
    fn import_submodules(&self, module: &Obj, full: &str, names: &Obj) -> PyResult<()> {
        let names =
            names.get::<Tuple>().map(|names| names.items().to_vec()).or_else(|| names.get::<List>().map(List::to_vec)).unwrap_or_default();
        for name in names.iter().filter(|name| name.get::<Str>().is_some()) {
            let name = self.lossy(name);
            if name == "*" {
                if let Some(all) = self.getattr_opt_str(module, "__all__")? {
                    self.import_submodules(module, full, &all)?;
                }
                continue;
            }
            if self.getattr_opt_str(module, &name)?.is_some() {
                self.check_pending()?;
                continue;
            }
            let sub = format!("{full}.{name}");
            match self.import_module(&sub) {
                Ok(_) => {}
                Err(raised) if raised.is(self, &self.types.module_not_found_error) && self.is_about(&raised.0, &sub) => {}
                Err(raised) => return Err(raised),
            }
        }
        Ok(())
    }

    fn is_about(&self, error: &Obj, name: &str) -> bool {
        self.getattr_str(error, "name").is_ok_and(|found| self.lossy(&found) == name)
    }

    /// The package that a module's globals name (`resolve_name` in `Python/import.c`).
    fn package_of_globals(&self, globals: Option<&Obj>) -> PyResult<String> {
        let get = |key: &str| globals.and_then(|globals| self.dict_get_str(globals, key));
        let given = |key: &str| get(key).filter(|held| !held.is(&self.consts.none));
        let text = |held: &Obj, what: &str| match held.get::<Str>() {
            Some(_) => Ok(self.lossy(held)),
            None => Err(self.type_error(format!("{what} must be a string"))),
        };
        let spec = given("__spec__");
        if let Some(package) = given("__package__") {
            let named = text(&package, "package")?;
            if let Some(spec) = spec
                && !self.eq(&package, &self.getattr_str(&spec, "parent")?)?
            {
                let category = if self.version >= Version::V3_12 { &self.types.deprecation_warning } else { &self.types.import_warning };
                self.warn(category, "__package__ != __spec__.parent")?;
            }
            return Ok(named);
        }
        if let Some(spec) = spec {
            return text(&self.getattr_str(&spec, "parent")?, "__spec__.parent");
        }
        let fallback = "can't resolve package from __spec__ or __package__, falling back on __name__ and __path__";
        self.warn(&self.types.import_warning, fallback)?;
        let Some(own) = get("__name__") else {
            return Err(self.raise_text(&self.types.key_error, "'__name__' not in globals"));
        };
        let own = text(&own, "__name__")?;
        if get("__path__").is_some() {
            return Ok(own);
        }
        Ok(own.rsplit_once('.').map_or(String::new(), |(package, _)| package.to_owned()))
    }

    /// The full name of a relative import.
    fn absolute_name(&self, name: &str, globals: Option<&Obj>, level: usize) -> PyResult<String> {
        let package = self.package_of_globals(globals)?;
        if package.is_empty() {
            return Err(Raised::import(self, "attempted relative import with no known parent package"));
        }
        let mut base = package.as_str();
        for _ in 1..level {
            let Some((up, _)) = base.rsplit_once('.') else {
                return Err(Raised::import(self, "attempted relative import beyond top-level package"));
            };
            base = up;
        }
        Ok(if name.is_empty() { base.to_owned() } else { format!("{base}.{name}") })
    }

    #[cold]
    fn module_not_found(&self, message: &str, name: &str) -> Raised {
        match self.call_kw(&self.types.module_not_found_error, &[self.str(message)], &[("name", self.str(name))]) {
            Ok(error) => Raised(error),
            Err(raised) => raised,
        }
    }
}

impl Raised {
    #[cold]
    fn import(vm: &Vm, message: &str) -> Raised {
        match vm.make_exception(&vm.types.import_error, &[vm.str(message)]) {
            Ok(error) => Raised(error),
            Err(raised) => raised,
        }
    }
}

/// `__import__(name, globals=None, locals=None, fromlist=(), level=0)`.
pub(crate) fn dunder_import(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature = Signature {
        name: "__import__",
        params: &["name", "globals", "locals", "fromlist", "level"],
        positional_only: 0,
        positional: 5,
        required: 1,
    };
    let [name, globals, _, fromlist, level] = args.bind(vm, &SIGNATURE)?;
    let name = name.expect("a required parameter is there");
    if name.get::<Str>().is_none() {
        return Err(vm.type_error("module name must be a string"));
    }
    let level = level.map_or(Ok(0), |level| vm.index_isize(level))?;
    let level = usize::try_from(level).map_err(|_| vm.value_error("level must be >= 0"))?;
    vm.import(name, globals, fromlist, level)
}

/// Whether a name is a module of the standard library (`sys.stdlib_module_names`).
pub(crate) fn is_stdlib_name(name: &str) -> bool {
    STDLIB.contains(&name)
}

/// `sys.stdlib_module_names` of CPython 3.14, sorted.
#[rustfmt::skip]
pub(crate) const STDLIB: &[&str] = &[
    "__future__", "_abc", "_aix_support", "_android_support", "_apple_support", "_ast", "_ast_unparse", "_asyncio", "_bisect", "_blake2",
    "_bz2", "_codecs", "_codecs_cn", "_codecs_hk", "_codecs_iso2022", "_codecs_jp", "_codecs_kr", "_codecs_tw", "_collections",
    "_collections_abc", "_colorize", "_compat_pickle", "_contextvars", "_csv", "_ctypes", "_curses", "_curses_panel", "_datetime", "_dbm",
    "_decimal", "_elementtree", "_frozen_importlib", "_frozen_importlib_external", "_functools", "_gdbm", "_hashlib", "_heapq", "_hmac",
    "_imp", "_interpchannels", "_interpqueues", "_interpreters", "_io", "_ios_support", "_json", "_locale", "_lsprof", "_lzma",
    "_markupbase", "_md5", "_multibytecodec", "_multiprocessing", "_opcode", "_opcode_metadata", "_operator", "_osx_support",
    "_overlapped", "_pickle", "_posixshmem", "_posixsubprocess", "_py_abc", "_py_warnings", "_pydatetime", "_pydecimal", "_pyio",
    "_pylong", "_pyrepl", "_queue", "_random", "_remote_debugging", "_scproxy", "_sha1", "_sha2", "_sha3", "_signal", "_sitebuiltins",
    "_socket", "_sqlite3", "_sre", "_ssl", "_stat", "_statistics", "_string", "_strptime", "_struct", "_suggestions", "_symtable",
    "_sysconfig", "_thread", "_threading_local", "_tkinter", "_tokenize", "_tracemalloc", "_types", "_typing", "_uuid", "_warnings",
    "_weakref", "_weakrefset", "_winapi", "_wmi", "_zoneinfo", "_zstd", "abc", "annotationlib", "antigravity", "argparse", "array", "ast",
    "asyncio", "atexit", "base64", "bdb", "binascii", "bisect", "builtins", "bz2", "cProfile", "calendar", "cmath", "cmd", "code",
    "codecs", "codeop", "collections", "colorsys", "compileall", "compression", "concurrent", "configparser", "contextlib", "contextvars",
    "copy", "copyreg", "csv", "ctypes", "curses", "dataclasses", "datetime", "dbm", "decimal", "difflib", "dis", "doctest", "email",
    "encodings", "ensurepip", "enum", "errno", "faulthandler", "fcntl", "filecmp", "fileinput", "fnmatch", "fractions", "ftplib",
    "functools", "gc", "genericpath", "getopt", "getpass", "gettext", "glob", "graphlib", "grp", "gzip", "hashlib", "heapq", "hmac",
    "html", "http", "idlelib", "imaplib", "importlib", "inspect", "io", "ipaddress", "itertools", "json", "keyword", "linecache",
    "locale", "logging", "lzma", "mailbox", "marshal", "math", "mimetypes", "mmap", "modulefinder", "msvcrt", "multiprocessing", "netrc",
    "nt", "ntpath", "nturl2path", "numbers", "opcode", "operator", "optparse", "os", "pathlib", "pdb", "pickle", "pickletools", "pkgutil",
    "platform", "plistlib", "poplib", "posix", "posixpath", "pprint", "profile", "pstats", "pty", "pwd", "py_compile", "pyclbr", "pydoc",
    "pydoc_data", "pyexpat", "queue", "quopri", "random", "re", "readline", "reprlib", "resource", "rlcompleter", "runpy", "sched",
    "secrets", "select", "selectors", "shelve", "shlex", "shutil", "signal", "site", "smtplib", "socket", "socketserver", "sqlite3",
    "sre_compile", "sre_constants", "sre_parse", "ssl", "stat", "statistics", "string", "stringprep", "struct", "subprocess", "symtable",
    "sys", "sysconfig", "syslog", "tabnanny", "tarfile", "tempfile", "termios", "textwrap", "this", "threading", "time", "timeit",
    "tkinter", "token", "tokenize", "tomllib", "trace", "traceback", "tracemalloc", "tty", "turtle", "turtledemo", "types", "typing",
    "unicodedata", "unittest", "urllib", "uuid", "venv", "warnings", "wave", "weakref", "webbrowser", "winreg", "winsound", "wsgiref",
    "xml", "xmlrpc", "zipapp", "zipfile", "zipimport", "zlib", "zoneinfo",
];

#[cfg(test)]
mod tests {
    use super::*;

    /// `sys.modules` at the start of a script (`print(*sorted(sys.modules))`), without what the machine itself begins with.
    fn of_cpython(record: &'static str) -> Vec<&'static str> {
        const ITS_OWN: [&str; 6] = ["__main__", "_frozen_importlib", "_frozen_importlib_external", "builtins", "os.path", "sys"];
        record.split_whitespace().filter(|name| !ITS_OWN.contains(name)).collect()
    }

    #[test]
    fn the_modules_of_the_start_are_those_of_cpython() {
        let records = [
            (Version::V3_14, include_str!("../tests/start/modules.3.14.txt")),
            (Version::V3_13, include_str!("../tests/start/modules.3.13.txt")),
        ];
        for (version, record) in records {
            let ours =
                STDLIB.iter().copied().chain(["encodings.aliases", "encodings.utf_8"]).filter(|name| is_there_at_start(version, name));
            let mut ours: Vec<&str> = ours.collect();
            ours.sort_unstable();
            assert_eq!(of_cpython(record), ours, "{version}");
        }
    }
}
