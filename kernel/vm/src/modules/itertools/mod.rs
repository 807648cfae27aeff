//! `itertools`: iterators that build on others (`Modules/itertoolsmodule.c`).
//!
//! `endless.rs` has count, cycle and repeat; `select.rs` those that pick or change items; `join.rs` those that bring several iterables
//! together; `group.rs` groupby, tee, pairwise and batched; `combine.rs` products, permutations and combinations.

mod combine;
mod endless;
mod group;
mod join;
mod select;

use heap::{Kind, Obj};

use super::ModuleSpec;
use crate::class::{ClassSpec, Method, Native, Slots, flags};
use crate::{Args, PyResult, Vm, kinds};

pub(crate) use combine::{COMBINATIONS, COMBINATIONS_WITH_REPLACEMENT, PERMUTATIONS, PRODUCT};
pub(crate) use endless::{COUNT, CYCLE, REPEAT};
pub(crate) use group::{BATCHED, GROUPBY, GROUPER, PAIRWISE, TEE, TEE_DATA};
pub(crate) use join::{CHAIN, ZIP_LONGEST};
pub(crate) use select::{ACCUMULATE, COMPRESS, DROPWHILE, FILTERFALSE, ISLICE, STARMAP, TAKEWHILE};

pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "itertools",
    functions: &[group::TEE_FUNCTION],
    init: |vm, module| {
        let dict = vm.module_dict(module);
        let t = &vm.types;
        let classes = [
            &t.itertools_accumulate,
            &t.itertools_batched,
            &t.itertools_chain,
            &t.itertools_combinations,
            &t.itertools_combinations_with_replacement,
            &t.itertools_compress,
            &t.itertools_count,
            &t.itertools_cycle,
            &t.itertools_dropwhile,
            &t.itertools_filterfalse,
            &t.itertools_groupby,
            &t.itertools_grouper,
            &t.itertools_islice,
            &t.itertools_pairwise,
            &t.itertools_permutations,
            &t.itertools_product,
            &t.itertools_repeat,
            &t.itertools_starmap,
            &t.itertools_takewhile,
            &t.itertools_tee,
            &t.itertools_zip_longest,
        ];
        for class in classes {
            let name = vm.class(class).name.get().map(|name| vm.lossy(&name)).unwrap_or_default();
            vm.dict_set_str(&dict, &name, class.clone());
        }
        Ok(())
    },
};

const fn kind(n: u8) -> Kind {
    Kind(kinds::MODULES.0 + n)
}

/// The class of an iterator: `new` makes it, `next` moves it on, and iterating it gives itself.
const fn iterator(name: &'static str, kind: Kind, slots: fn(&Slots), methods: &'static [Method], basicsize: usize) -> ClassSpec {
    ClassSpec {
        name,
        base: Some(&crate::objects::object::OBJECT),
        kind,
        flags: flags::CONTAINER | flags::MODULE_TYPE,
        slots,
        methods,
        getset: &[],
        basicsize,
        itemsize: 0,
        doc: "",
    }
}

/// The slots that every iterator has.
fn slots(slots: &Slots, new: Native, next: fn(&Vm, &Obj) -> PyResult<Option<Obj>>) {
    slots.new.set(Some(new));
    slots.iter.set(Some(|_, this| Ok(this.clone())));
    slots.iternext.set(Some(next));
}

/// The payload of an iterator of this module.
fn own<T: heap::Payload>(this: &Obj) -> &T {
    this.get::<T>().expect("a method of an iterator gets an object of its kind")
}

/// No keywords may be given, except to a subclass (`_PyArg_NoKeywords`).
fn no_keywords(vm: &Vm, class: &Obj, exact: &Obj, name: &str, args: Args<'_>) -> PyResult<()> {
    if args.has_keywords() && class.is(exact) {
        return Err(vm.type_error(format!("{name}() takes no keyword arguments")));
    }
    Ok(())
}

/// Makes the payloads known to a heap.
pub(crate) fn register_payloads(heap: &heap::Heap) {
    heap.register::<endless::Count>();
    heap.register::<endless::Cycle>();
    heap.register::<endless::Repeat>();
    heap.register::<select::TakeWhile>();
    heap.register::<select::DropWhile>();
    heap.register::<select::FilterFalse>();
    heap.register::<select::StarMap>();
    heap.register::<select::Accumulate>();
    heap.register::<select::Compress>();
    heap.register::<select::ISlice>();
    heap.register::<join::Chain>();
    heap.register::<join::ZipLongest>();
    heap.register::<group::GroupBy>();
    heap.register::<group::Grouper>();
    heap.register::<group::TeeLink>();
    heap.register::<group::Tee>();
    heap.register::<group::Pairwise>();
    heap.register::<group::Batched>();
    heap.register::<combine::Product>();
    heap.register::<combine::Permutations>();
    heap.register::<combine::Combinations>();
    heap.register::<combine::WithReplacement>();
}
