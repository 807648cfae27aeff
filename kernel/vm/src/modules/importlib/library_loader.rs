//! The `__loader__` of the embedded library's modules: `linecache`, `inspect` and `traceback` ask it for their text.
//!
//! One class is the loader of all, as `FrozenImporter` is in CPython: a loader for each module would be objects that CPython counts with its own.

use heap::{Kind, Obj};

use crate::class::{ClassSpec, Convention, Method, flags};
use crate::{Args, PyResult, Vm};

/// Its class, which is the loader.
pub(crate) static LIBRARY_LOADER: ClassSpec = ClassSpec {
    name: "_frozen_importlib_external.LibraryLoader",
    base: None,
    kind: Kind::INSTANCE,
    flags: flags::DISALLOW_INSTANTIATION,
    slots: |_| {},
    methods: &[
        Method::class("get_source", |vm, _, args| vm.text_of_library(&args.pos()[0]), Convention::One),
        Method::class("get_filename", |vm, _, args| Ok(vm.str(&vm.library_file(&args.pos()[0])?)), Convention::One),
        Method::class("get_code", get_code, Convention::One),
        Method::class("is_package", |vm, _, args| Ok(vm.bool(vm.library_file(&args.pos()[0])?.ends_with("/__init__.py"))), Convention::One),
    ],
    getset: &[],
    basicsize: 16,
    itemsize: 0,
    doc: "Knows the source of the modules that this program has in itself.",
};

fn get_code(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let name = &args.pos()[0];
    let compile = vm.builtin("compile")?;
    vm.call(&compile, &[vm.text_of_library(name)?, vm.str(&vm.library_file(name)?), vm.str("exec")])
}

impl Vm {
    fn text_of_library(&self, name: &Obj) -> PyResult {
        let name = self.lossy(name);
        let added = self.added.borrow().get(&*name).map(|(_, text)| (*text).to_owned());
        match added.or_else(|| Some(self.library_source(&name)?.text)) {
            Some(text) => Ok(self.str(&text)),
            None => Err(self.import_error(&format!("loader cannot handle {name}"))),
        }
    }

    fn library_file(&self, name: &Obj) -> PyResult<String> {
        let name = self.lossy(name);
        let is_package = match self.added.borrow().get(&*name) {
            Some((is_package, _)) => Some(*is_package),
            None => library::is_package(&name),
        };
        match is_package {
            Some(is_package) => Ok(self.embedded_path(&name, is_package).0),
            None => Err(self.import_error(&format!("loader cannot handle {name}"))),
        }
    }
}
