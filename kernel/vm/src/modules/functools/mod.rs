//! `_functools`: `partial`, `lru_cache`'s wrapper, `cmp_to_key` and `reduce` (`Modules/_functoolsmodule.c`).

mod key;
mod lru;
mod partial;

use heap::{Kind, Obj};

use super::ModuleSpec;
use crate::class::{ClassSpec, Convention, Method, flags};
use crate::{Args, PyResult, Signature, Vm, kinds};

const fn kind(n: u8) -> Kind {
    Kind(kinds::MODULES.0 + n)
}

pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "_functools",
    functions: &[
        Method::new("reduce", reduce, Convention::Keywords).signature("($module, function, iterable, /, initial=<unrepresentable>)"),
        Method::new("cmp_to_key", key::cmp_to_key, Convention::Keywords).signature("($module, /, mycmp)"),
    ],
    init: |vm, module| {
        let dict = vm.module_dict(module);
        vm.dict_set_str(&dict, "_PlaceholderType", vm.late_class(&PLACEHOLDER));
        vm.dict_set_str(&dict, "Placeholder", placeholder(vm));
        vm.dict_set_str(&dict, "partial", vm.late_class(&partial::PARTIAL));
        vm.dict_set_str(&dict, "_lru_cache_wrapper", vm.late_class(&lru::LRU_CACHE));
        Ok(())
    },
};

/// Makes the payloads known to a heap.
pub(super) fn register_payloads(heap: &heap::Heap) {
    heap.register::<key::Key>();
    heap.register::<lru::LruCache>();
    heap.register::<partial::Partial>();
}

/// The type of `Placeholder`, of which there is one.
static PLACEHOLDER: ClassSpec =
    ClassSpec {
        name: "functools._PlaceholderType",
        base: None,
        kind: Kind::INSTANCE,
        flags: flags::HAVE_GC | flags::HEAP_TYPE,
        slots: |s| {
            s.new.set(Some(|vm, _, args| {
                if args.all().is_empty() { Ok(placeholder(vm)) } else { Err(vm.type_error("PlaceholderType takes no arguments")) }
            }));
            s.repr.set(Some(|vm, _| Ok(vm.str("Placeholder"))));
        },
        methods: &[Method::new("__reduce__", |vm, _, _| Ok(vm.str("Placeholder")), Convention::NoArgs).signature("($self, /)")],
        getset: &[],
        basicsize: 16,
        itemsize: 0,
        doc: "",
    };

/// `Placeholder`.
fn placeholder(vm: &Vm) -> Obj {
    if let Some(found) = vm.state.placeholder.get() {
        return found;
    }
    let made = vm.new_instance(&vm.late_class(&PLACEHOLDER));
    vm.state.placeholder.set(made.clone());
    made
}

fn reduce(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature =
        Signature { name: "reduce", params: &["", "", "initial"], positional_only: 2, positional: 3, required: 2 };
    let [Some(function), Some(iterable), initial] = args.bind(vm, &SIGNATURE)? else { unreachable!("two arguments are required") };
    let iterator = match vm.iter(iterable) {
        Err(raised) if raised.is(vm, &vm.types.type_error) => return Err(vm.type_error("reduce() arg 2 must support iteration")),
        found => found?,
    };
    // Up to 3.13 the function itself took its arguments in a tuple.
    let _own = vm.heap.passing_tuple(if vm.version < compile::Version::V3_14 { args.pos().len() } else { 0 });
    // The two arguments travel in one tuple, again and again.
    let _pair = vm.heap.passing_tuple(2);
    let mut result = initial.cloned();
    while let Some(item) = vm.next(&iterator)? {
        result = Some(match result {
            None => item,
            Some(so_far) => vm.call_refs(function, &[&so_far, &item])?,
        });
    }
    result.ok_or_else(|| vm.type_error("reduce() of empty iterable with no initial value"))
}
