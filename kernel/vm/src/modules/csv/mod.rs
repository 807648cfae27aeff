//! `_csv`: rows of text with separators (`Modules/_csv.c`).

mod dialect;
mod reader;
mod writer;

use heap::{Dict, Kind, Obj, Slot};

use super::ModuleSpec;
use crate::class::{Convention, Method};
use crate::objects::leaf;
use crate::{PyResult, Raised, Vm, kinds};

pub(crate) use dialect::DIALECT;
pub(crate) use reader::READER;
pub(crate) use writer::WRITER;

const fn kind(n: u8) -> Kind {
    Kind(kinds::MODULES.0 + n)
}

/// Values of `quoting`.
mod quoting {
    pub(super) const MINIMAL: i64 = 0;
    pub(super) const ALL: i64 = 1;
    pub(super) const NONNUMERIC: i64 = 2;
    pub(super) const NONE: i64 = 3;
    pub(super) const STRINGS: i64 = 4;
    pub(super) const NOTNULL: i64 = 5;
}

pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "_csv",
    functions: &[
        Method::new("reader", reader::new, Convention::Keywords).signature("($module, iterable, /, dialect='excel', **fmtparams)"),
        Method::new("writer", writer::new, Convention::Keywords).signature("($module, fileobj, /, dialect='excel', **fmtparams)"),
        Method::new("list_dialects", |vm, _, _| vm.list_from(&dialects(vm)?), Convention::NoArgs).signature("($module, /)"),
        Method::new(
            "register_dialect",
            |vm, _, args| {
                let Some(name) = args.get(0) else {
                    return Err(vm.type_error("register_dialect expected at least 1 argument, got 0"));
                };
                if leaf::text(name).is_none() {
                    return Err(vm.type_error("dialect name must be a string"));
                }
                let made = dialect::make(vm, args.get(1), args)?;
                vm.dict_set(&dialects(vm)?, name, made)?;
                Ok(vm.none())
            },
            Convention::Keywords,
        )
        .signature("($module, name, /, dialect='excel', **fmtparams)"),
        Method::new(
            "unregister_dialect",
            |vm, _, args| match vm.dict_remove(&dialects(vm)?, &args.pos()[0])? {
                Some(_) => Ok(vm.none()),
                None => Err(error(vm, "unknown dialect")),
            },
            Convention::One,
        )
        .signature("($module, /, name)"),
        Method::new("get_dialect", |vm, _, args| registered(vm, &args.pos()[0]), Convention::One).signature("($module, /, name)"),
        Method::new(
            "field_size_limit",
            |vm, _, args| {
                let before = vm.state.csv_limit.get();
                if let Some(limit) = args.check(vm, "field_size_limit", 0, 1)?.first() {
                    if leaf::integer(limit).is_none() {
                        return Err(vm.type_error("limit must be an integer"));
                    }
                    vm.state.csv_limit.set(vm.index_isize(limit)?);
                }
                Ok(vm.int(before as i64))
            },
            Convention::Positional,
        )
        .signature("($module, /, new_limit=<unrepresentable>)"),
    ],
    init: |vm, module| {
        let dict = vm.module_dict(module);
        vm.add_exception(module, "_csv", "Error", &vm.types.exception)?;
        vm.add_class(module, "Dialect", &vm.types.csv_dialect);
        vm.add_class(module, "Reader", &vm.types.csv_reader);
        vm.add_class(module, "Writer", &vm.types.csv_writer);
        vm.dict_set_str(&dict, "_dialects", vm.dict());
        vm.dict_set_str(&dict, "__version__", vm.str("1.0"));
        for (name, value) in [
            ("QUOTE_MINIMAL", quoting::MINIMAL),
            ("QUOTE_ALL", quoting::ALL),
            ("QUOTE_NONNUMERIC", quoting::NONNUMERIC),
            ("QUOTE_NONE", quoting::NONE),
            ("QUOTE_STRINGS", quoting::STRINGS),
            ("QUOTE_NOTNULL", quoting::NOTNULL),
        ] {
            vm.dict_set_str(&dict, name, vm.int(value));
        }
        Ok(())
    },
};

fn error(vm: &Vm, message: impl Into<String>) -> Raised {
    vm.module_error("_csv", "Error", message)
}

/// The registered dialects, by name.
fn dialects(vm: &Vm) -> PyResult {
    let module = vm.import_module("_csv")?;
    vm.getattr_str(&module, "_dialects")
}

fn registered(vm: &Vm, name: &Obj) -> PyResult {
    let dialects = dialects(vm)?;
    let found = if dialects.get::<Dict>().is_some() { vm.dict_get(&dialects, name)? } else { None };
    found.ok_or_else(|| error(vm, "unknown dialect"))
}

/// The dialect of a reader or a writer.
fn dialect_of(slot: &Slot) -> Obj {
    slot.get().expect("a reader or writer has its dialect")
}

/// Makes the payloads known to a heap.
pub(crate) fn register_payloads(heap: &heap::Heap) {
    heap.register::<dialect::Dialect>();
    heap.register::<reader::Reader>();
    heap.register::<writer::Writer>();
}
