//! The start and the end of a program: `sys`, `builtins` and `__main__`, running its code, and the clearing up at exit
//! (`Python/pylifecycle.c`, `finalize_modules` in `Python/pystate.c`'s neighbourhood).

use compile::{Mode, Options, Version};
use heap::{Dict, Int, Obj, Str};

use crate::modules;
pub use crate::modules::io::Streams;
use crate::objects::exception::field;
use crate::objects::module::Module;
use crate::{PyResult, Raised, Vm};

impl Vm {
    /// Makes `sys` and the standard streams. Comes right after [`Vm::new`].
    pub fn start(&self) -> PyResult<()> {
        self.start_with(&Streams::default())
    }

    /// The same, with standard streams as they are asked for.
    pub fn start_with(&self, streams: &Streams) -> PyResult<()> {
        let all = self.modules.get().expect("a machine has its modules from the first");
        if let Some(now) = self.builtins.get()
            && let Some(payload) = now.get::<Dict>()
        {
            self.builtins_copy.set(self.heap.alloc(payload.copy()).tracked());
        }
        let sys = self.new_module("sys");
        self.sys.set(self.module_dict(&sys));
        self.dict_set_str(&all, "sys", sys.clone());
        self.fill_builtin_module(&modules::sys::MODULE, &sys)?;
        let monitoring = self.make_module(&modules::monitoring::MODULE)?;
        self.setattr_str(&sys, "monitoring", Some(&monitoring))?;
        if self.version >= compile::Version::V3_14 {
            let jit = self.make_module(&modules::sys::JIT)?;
            self.setattr_str(&sys, "_jit", Some(&jit))?;
        }
        self.make_streams(streams)?;
        // A slice has been used, and waits to be used again.
        drop(self.slice(self.none(), self.none(), self.none()));
        Ok(())
    }

    /// A fresh `__main__` module in `sys.modules`, and its dict.
    pub fn new_main(&self) -> PyResult {
        let main = self.new_module("__main__");
        let dict = self.module_dict(&main);
        if let Some(modules) = self.modules.get() {
            if let Some(builtins) = self.dict_get_str(&modules, "builtins") {
                self.dict_set_str(&dict, "__builtins__", builtins);
            }
            self.dict_set_str(&modules, "__main__", main);
        }
        // What is there before a program starts is old.
        self.heap.freeze();
        self.heap.unfreeze();
        if self.version == Version::V3_12 {
            self.heap.freeze_immortal();
        }
        if self.version <= Version::V3_13 {
            // One of the last collections before has found it young.
            self.heap.put_into_generation(&dict, 1);
        }
        Ok(dict)
    }

    /// Runs a program's text as `__main__`, to its end, its exceptions told on `sys.stderr`. Gives the exit status.
    pub fn run_main(&self, text: &str, filename: &str) -> i32 {
        self.run_main_with(text, filename, |_| ())
    }

    fn run_main_with(&self, text: &str, filename: &str, prepare: impl FnOnce(&Obj)) -> i32 {
        let done = self.new_main().and_then(|main| {
            prepare(&main);
            if !filename.starts_with('<') {
                self.dict_set_str(&main, "__file__", self.str(filename));
                self.dict_set_str(&main, "__cached__", self.none());
            }
            let before = self.heap.gc_counts()[0];
            let (code, _tree) = self.compile_holding(text, filename, Mode::Exec, Options::default())?;
            self.count_start(self.heap.gc_counts()[0] - before, &code);
            self.run_code(&code, &main, &main)
        });
        match done {
            Ok(_) => 0,
            Err(raised) => self.uncaught(raised),
        }
    }

    /// The counts of the collector when a program begins: about what CPython's own start leaves, and its compiler, which makes several
    /// objects for one that stays in the code. With a longer program, a collection is due at the first instruction.
    fn count_start(&self, made: i32, code: &Obj) {
        if self.version <= Version::V3_12 {
            return self.count_older_start(code);
        }
        let (young, for_one, middle) = if self.version < Version::V3_14 { (76, 5, 3) } else { (1880, 12, 2) };
        self.heap.set_gc_counts([young + for_one * made, middle, 0]);
        // What `len(gc.get_objects())` tells after a collection at the start of a script.
        let objects = if self.version < Version::V3_14 { 6001 } else { 5341 };
        self.heap.set_objects_beside(usize::saturating_sub(objects, self.heap.count_tracked()));
    }

    /// Sets `sys.argv`.
    pub fn set_argv(&self, words: &[String]) {
        if let Some(sys) = self.sys.get() {
            self.dict_set_str(&sys, "argv", self.list(words.iter().map(|word| self.str(word)).collect()));
        }
    }

    /// Sets `sys.ps1` and `sys.ps2`, which a prompt shows.
    pub fn set_prompts(&self, first: &str, more: &str) {
        if let Some(sys) = self.sys.get() {
            self.dict_set_str(&sys, "ps1", self.str(first));
            self.dict_set_str(&sys, "ps2", self.str(more));
        }
    }

    /// The text of `sys.ps1` or `sys.ps2`, which may be any object.
    pub fn prompt(&self, name: &str) -> String {
        self.sys_value(name).and_then(|value| self.text_of(&value).ok()).unwrap_or_default()
    }

    /// The release that this machine is, as in `3.14.10`.
    pub fn python_version(&self) -> String {
        let (major, minor, micro) = self.version.release();
        format!("{major}.{minor}.{micro}")
    }

    /// Sets `sys.orig_argv`, and `sys.warnoptions` from `-W` and `PYTHONWARNINGS`.
    pub fn set_options(&self, orig_argv: &[String], warnings: &[String]) {
        let Some(sys) = self.sys.get() else { return };
        for (name, words) in [("orig_argv", orig_argv), ("warnoptions", warnings)] {
            self.dict_set_str(&sys, name, self.list(words.iter().map(|word| self.str(word)).collect()));
        }
    }

    /// Puts a folder in front of `sys.path`.
    pub fn add_path(&self, folder: &str) {
        let path = self.sys.get().and_then(|sys| self.dict_get_str(&sys, "path"));
        if let Some(path) = path.as_ref().and_then(|path| path.get::<heap::List>()) {
            path.insert(0, self.str(folder));
        }
    }

    /// Runs a module's text as `__main__` (`python -m`), its file name first in `sys.argv`. Gives the exit status.
    pub fn run_module_as_main(&self, name: &str) -> i32 {
        let (full, text, filename) = match self.find_main(name) {
            Ok(found) => found,
            Err(raised) if raised.is(self, &self.types.import_error) => {
                let text = self.text_of(&raised.0).unwrap_or_default();
                self.write_stderr(&format!("heapbook: {text}\n"));
                return 1;
            }
            Err(raised) => return self.uncaught(raised),
        };
        let argv = self.sys.get().and_then(|sys| self.dict_get_str(&sys, "argv"));
        if let Some(argv) = argv.filter(|argv| self.len(argv).is_ok_and(|n| n > 0)) {
            // The list is a plain one, which takes any item.
            drop(self.setitem(&argv, &self.int(0), Some(&self.str(&filename))));
        }
        self.run_main_with(&text, &filename, |main| {
            let package = full.rsplit_once('.').map_or("", |(package, _)| package);
            self.dict_set_str(main, "__package__", self.str(package));
            self.dict_set_str(main, "__spec__", self.module_spec(&full, &filename, None));
        })
    }

    /// Runs the bytes of a source file as `__main__`. Gives the exit status.
    pub fn run_file(&self, bytes: &[u8], filename: &str) -> i32 {
        match self.decode_source(bytes, filename) {
            Ok(text) => {
                // A program on the standard input has no lines to show in tracebacks.
                if filename != "<stdin>" {
                    self.remember_source(filename, &text);
                }
                self.run_main(&text, filename)
            }
            Err(raised) => self.uncaught(raised),
        }
    }

    /// Runs one statement after another as the prompt does: values are shown, an exception ends only its own statement. Gives the exit
    /// status, 1 if a statement failed.
    pub fn run_prompt(&self, text: &str, filename: &str) -> i32 {
        let main = match self.new_main() {
            Ok(main) => main,
            Err(raised) => return self.uncaught(raised),
        };
        let Some(statements) = compile::statements(text, false) else {
            return match self.compile_text(text, filename, Mode::Exec, Options::default()) {
                Ok(_) => 0,
                Err(raised) => self.uncaught(raised),
            };
        };
        // CPython's own prompt is written in Python and uses them, so what their import leaves behind is gone.
        if self.import_module("weakref").is_ok() {
            self.heap.collect(2);
        }
        let mut failed = false;
        for statement in statements {
            match self.try_statement(&statement.text, filename, &main) {
                Ok(()) => {}
                Err((true, status)) => return status,
                Err((false, _)) => failed = true,
            }
        }
        i32::from(failed)
    }

    /// Runs one statement as the prompt does, its exceptions told on `sys.stderr`. Gives the exit status if the program is to end.
    pub fn run_statement(&self, text: &str, filename: &str, main: &Obj) -> Option<i32> {
        let (exits, status) = self.try_statement(text, filename, main).err()?;
        exits.then_some(status)
    }

    /// As [`Vm::run_statement`]; of one that failed, whether the program is to end, and the exit status.
    fn try_statement(&self, text: &str, filename: &str, main: &Obj) -> Result<(), (bool, i32)> {
        let done = self.compile_text(text, filename, Mode::Single, Options::default()).and_then(|code| self.run_code(&code, main, main));
        done.map(drop).map_err(|raised| {
            let exits = raised.is(self, &self.types.system_exit);
            (exits, self.uncaught(raised))
        })
    }

    /// What becomes of an exception that nobody caught: `SystemExit` ends quietly, others go to `sys.excepthook`. Gives the exit status.
    pub fn uncaught(&self, raised: Raised) -> i32 {
        let exception = raised.0;
        if self.is_kind_of(&exception, &self.types.system_exit) {
            return self.exit_status(&exception);
        }
        self.flush_streams();
        let sys = self.sys.get();
        self.keep_last_exception(&exception);
        let hook = sys.as_ref().and_then(|sys| self.dict_get_str(sys, "excepthook"));
        let own = sys.as_ref().and_then(|sys| self.dict_get_str(sys, "__excepthook__"));
        match (hook, own) {
            (Some(hook), Some(own)) if !hook.is(&own) => {
                let traceback = self.exception(&exception).traceback.get().unwrap_or_else(|| self.none());
                if let Err(second) = self.call(&hook, &[self.class_of(&exception), exception.clone(), traceback]) {
                    self.write_stderr("Error in sys.excepthook:\n");
                    self.write_stderr(&self.format_exception(&second.0));
                    self.write_stderr("\nOriginal exception was:\n");
                    self.write_stderr(&self.format_exception(&exception));
                }
            }
            _ => self.write_stderr(&self.format_exception(&exception)),
        }
        if self.is_kind_of(&exception, &self.types.keyboard_interrupt) { 130 } else { 1 }
    }

    /// `sys.last_exc` and its older relatives: the exception that nobody caught.
    pub fn keep_last_exception(&self, exception: &Obj) {
        let Some(sys) = self.sys.get() else { return };
        self.dict_set_str(&sys, "last_exc", exception.clone());
        self.dict_set_str(&sys, "last_type", self.class_of(exception));
        self.dict_set_str(&sys, "last_value", exception.clone());
        self.dict_set_str(&sys, "last_traceback", self.exception(exception).traceback.get().unwrap_or_else(|| self.none()));
    }

    fn exit_status(&self, exception: &Obj) -> i32 {
        match field(exception, 0) {
            None => 0,
            Some(code) if code.is(&self.consts.none) => 0,
            Some(code) => match code.get::<Int>() {
                Some(code) => code.0 as i32 & 0xFF,
                None if self.is_kind_of(&code, &self.types.bool) => i32::from(code.is(&self.consts.true_)),
                // A number that the system cannot take is −1 to it.
                None if self.is_kind_of(&code, &self.types.int) => 0xFF,
                None => {
                    self.flush_streams();
                    let text = self.text_of(&code).unwrap_or_default();
                    self.write_stderr(&format!("{text}\n"));
                    1
                }
            },
        }
    }

    /// The end of a program, in CPython's order: `atexit`, a collection, then the modules (`Py_FinalizeEx`). False: not all that was
    /// written could be handed on.
    pub fn end(&self) -> bool {
        self.run_atexit();
        let handed_on = self.last_flush();
        self.state.finalizing.set(true);
        self.set_trace(None);
        self.set_profile(None);
        self.heap.watch(false);
        if self.heap.is_gc_enabled() {
            self.heap.collect(2);
        }
        self.finalize_modules();
        self.flush_streams();
        handed_on
    }

    /// `flush_std_files`: a failure is told, for the output.
    fn last_flush(&self) -> bool {
        let Some(stdout) = self.sys_value("stdout").filter(|stdout| !stdout.is(&self.consts.none)) else { return true };
        let closed = self.getattr_opt_str(&stdout, "closed").ok().flatten();
        let flushed = if closed.is_some_and(|closed| self.is_true(&closed).unwrap_or(false)) {
            Ok(())
        } else {
            self.call_method(&stdout, "flush", &[]).map(drop)
        };
        let failed = flushed.map_err(|raised| self.report_unraisable(Some("Exception ignored while flushing sys.stdout"), None, &raised.0));
        self.flush_streams();
        failed.is_ok()
    }

    /// `finalize_modules`: `sys` forgets its hooks, modules go out of `sys.modules`, and what only they held dies, at once or in a
    /// collection. A module that lives on has its names cleared.
    fn finalize_modules(&self) {
        let (Some(modules), Some(sys), Some(builtins)) = (self.modules.get(), self.sys.get(), self.builtins.get()) else { return };
        self.delete_special_names(&sys, &builtins);
        let mut left = Vec::new();
        for (name, module) in self.dict_items(&modules) {
            if module.get::<Module>().is_none() {
                continue;
            }
            if let Ok(weakref) = self.new_weakref(&module, false, None) {
                left.push(weakref);
            }
            drop(module);
            // A module that cannot be taken out stays: the end goes on.
            drop(self.dict_set(&modules, &name, self.none()));
        }
        if let Some(modules) = modules.get::<Dict>() {
            drop(modules.take());
        }
        self.restore_builtins(&builtins);
        self.heap.collect_at_shutdown();
        for weakref in left.iter().rev() {
            let Some(module) = weakref.get::<heap::WeakRef>().and_then(heap::WeakRef::target) else { continue };
            let dict = self.module_dict(&module);
            if !dict.is(&sys) && !dict.is(&builtins) {
                self.clear_module_dict(&dict);
            }
        }
        drop(left);
        self.flush_streams();
        self.clear_module_dict(&sys);
        self.clear_module_dict(&builtins);
        self.heap.collect_at_shutdown();
    }

    /// `finalize_modules_delete_special`: where programs like to keep objects of their own.
    fn delete_special_names(&self, sys: &Obj, builtins: &Obj) {
        self.dict_set_str(builtins, "_", self.none());
        for name in [
            "path",
            "argv",
            "ps1",
            "ps2",
            "last_exc",
            "last_type",
            "last_value",
            "last_traceback",
            "path_importer_cache",
            "path_hooks",
            "meta_path",
        ] {
            if self.dict_get_str(sys, name).is_some() {
                self.dict_set_str(sys, name, self.none());
            }
        }
        for (stream, original) in [("stdin", "__stdin__"), ("stdout", "__stdout__"), ("stderr", "__stderr__")] {
            let original = self.dict_get_str(sys, original).unwrap_or_else(|| self.none());
            self.dict_set_str(sys, stream, original);
        }
    }

    /// `finalize_restore_builtins`: what a program has put there goes.
    fn restore_builtins(&self, builtins: &Obj) {
        let Some(copy) = self.builtins_copy.take() else { return };
        let (Some(now), Some(first)) = (builtins.get::<Dict>(), copy.get::<Dict>()) else { return };
        drop(now.take());
        let mut at = 0;
        while let Some((name, value)) = first.next_entry(&mut at) {
            drop(self.dict_set(builtins, &name, value));
        }
    }

    /// `_PyModule_ClearDict`.
    fn clear_module_dict(&self, dict: &Obj) {
        let Some(payload) = dict.get::<Dict>() else { return };
        for underscore in [true, false] {
            let mut at = 0;
            while let Some((name, _)) = payload.next_entry(&mut at) {
                let Some(text) = name.get::<Str>().and_then(Str::to_str).map(str::to_owned) else { continue };
                let first = text.starts_with('_') && !text.starts_with("__");
                let clear = if underscore { first } else { text != "__builtins__" };
                if clear {
                    drop(self.dict_set(dict, &name, self.none()));
                }
            }
        }
    }
}
