//! What CPython's `site` module adds to the builtins: `exit`, `quit`, `copyright`, `credits`, `license`, `help`.

use heap::{ExtraLayout, Instance, Kind, Obj};

use crate::class::{ClassSpec, flags};
use crate::{Args, PyResult, Vm};

const fn spec(name: &'static str, call: crate::Native, repr: fn(&Vm, &Obj) -> PyResult) -> Parts {
    Parts { name, call, repr }
}

struct Parts {
    name: &'static str,
    call: crate::Native,
    repr: fn(&Vm, &Obj) -> PyResult,
}

macro_rules! class {
    ($spec:ident, $parts:expr) => {
        #[doc = "A class of `_sitebuiltins`; the one slot of an instance is its name."]
        pub static $spec: ClassSpec = ClassSpec {
            name: $parts.name,
            base: None,
            kind: Kind::INSTANCE,
            flags: flags::HAVE_GC | flags::DISALLOW_INSTANTIATION,
            slots: |s| {
                s.call.set(Some($parts.call));
                s.repr.set(Some($parts.repr));
            },
            methods: &[],
            getset: &[],
            basicsize: 16,
            itemsize: 0,
            doc: "",
        };
    };
}

const QUITTER_PARTS: Parts = spec("_sitebuiltins.Quitter", quit, quitter_repr);
const PRINTER_PARTS: Parts = spec("_sitebuiltins._Printer", show, |vm, obj| Ok(vm.str(notice(&name(vm, obj)))));
const HELPER_PARTS: Parts =
    spec("_sitebuiltins._Helper", help, |vm, _| Ok(vm.str("Type help() for interactive help, or help(object) for help about object.")));
class!(QUITTER, QUITTER_PARTS);
class!(PRINTER, PRINTER_PARTS);
class!(HELPER, HELPER_PARTS);

/// Name and value of each.
pub(super) fn objects(vm: &Vm) -> Vec<(&'static str, Obj)> {
    let make = |class: &Obj, name: &'static str| {
        let obj = vm.heap.alloc_with_class(Instance, class.clone(), ExtraLayout { slots: 1, ..ExtraLayout::default() });
        if let Some(extra) = obj.extra() {
            extra.slot(0).set(vm.intern(name));
        }
        (name, obj.tracked())
    };
    let types = &vm.types;
    vec![
        make(&types.quitter, "quit"),
        make(&types.quitter, "exit"),
        make(&types.printer, "copyright"),
        make(&types.printer, "credits"),
        make(&types.printer, "license"),
        make(&types.helper, "help"),
    ]
}

fn name(vm: &Vm, obj: &Obj) -> String {
    obj.extra().and_then(|extra| extra.slot(0).get()).map(|name| vm.lossy(&name)).unwrap_or_default()
}

fn quitter_repr(vm: &Vm, obj: &Obj) -> PyResult {
    let name = name(vm, obj);
    Ok(vm.str(&format!("Use {name}() or Ctrl-D (i.e. EOF) to exit")))
}

fn quit(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let code = args.all().first().cloned().unwrap_or_else(|| vm.none());
    Err(vm.new_exception(&vm.types.system_exit, vec![code]))
}

fn notice(name: &str) -> &'static str {
    match name {
        "license" => "Type license() to see the full license text",
        "credits" => {
            "A machine that runs Python code as CPython does; CPython is by the Python developers, see www.python.org for more information."
        }
        _ => "Python's library is copyright (c) 2001 Python Software Foundation.\nAll Rights Reserved.",
    }
}

fn show(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    let print = vm.builtin("print")?;
    let text = match name(vm, obj).as_str() {
        "license" => "See https://www.python.org/psf/license/",
        name => notice(name),
    };
    vm.call(&print, &[vm.str(text)])
}

/// `pydoc.help`, which the library has.
fn help(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let help = vm.getattr_str(&vm.import_module("pydoc")?, "help")?;
    vm.call_args(&help, args)
}
