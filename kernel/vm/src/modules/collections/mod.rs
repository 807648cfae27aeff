//! `_collections`: `deque`, `defaultdict`, and helpers of `collections/__init__.py` (`Modules/_collectionsmodule.c`).

mod defaultdict;
mod deque;
mod ordered;
mod ordered_view;
mod tuplegetter;

use heap::{Dict, Obj};

use super::ModuleSpec;
use crate::class::{Convention, Method, Operator};
use crate::{Args, PyResult, Vm};

pub(crate) use defaultdict::DEFAULTDICT;
pub(crate) use deque::{DEQUE, DEQUE_ITERATOR, DEQUE_REVERSE_ITERATOR};
pub(crate) use tuplegetter::TUPLE_GETTER;

pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "_collections",
    functions: &[Method::new("_count_elements", count_elements, Convention::Positional).signature("($module, mapping, iterable, /)")],
    init: |vm, module| {
        let dict = vm.module_dict(module);
        for (name, class) in [
            ("deque", &vm.types.deque),
            ("defaultdict", &vm.types.defaultdict),
            ("_deque_iterator", &vm.types.deque_iterator),
            ("_deque_reverse_iterator", &vm.types.deque_reverse_iterator),
            ("_tuplegetter", &vm.types.tuple_getter),
        ] {
            vm.dict_set_str(&dict, name, class.clone());
        }
        vm.dict_set_str(&dict, "OrderedDict", vm.late_class(&ordered::ORDERED_DICT));
        Ok(())
    },
};

/// `Counter`'s loop: counts the items of an iterable in a mapping.
fn count_elements(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [mapping, iterable] = args.check(vm, "_count_elements", 2, 2)? else { unreachable!("two arguments were checked") };
    let one = vm.int(1);
    let exact = vm.counts_as_dict(mapping);
    let get = if exact { None } else { Some(vm.getattr_str(mapping, "get")?) };
    vm.iterate(iterable, &mut |item| {
        let before = match &get {
            None => vm.dict_get(mapping, &item)?,
            Some(get) => Some(vm.call(get, &[item.clone(), vm.int(0)])?),
        };
        let after = match before {
            None => one.clone(),
            Some(before) => vm.binary(Operator::Add, &before, &one)?,
        };
        match exact {
            true => vm.dict_set(mapping, &item, after),
            false => vm.setitem(mapping, &item, Some(&after)),
        }
    })?;
    Ok(vm.none())
}

impl Vm {
    /// Whether a `Counter` uses the ways of `dict` to get and set items, so that its table can be used at once.
    fn counts_as_dict(&self, mapping: &Obj) -> bool {
        let same = |name: &Obj| {
            let dict = self.class_lookup(&self.types.dict, name);
            self.lookup_on_class(mapping, name).zip(dict).is_some_and(|(found, known)| found.is(&known))
        };
        mapping.get::<Dict>().is_some() && same(&self.intern("get")) && same(&self.names.__setitem__)
    }
}

/// Makes the payloads known to a heap.
pub(crate) fn register_payloads(heap: &heap::Heap) {
    heap.register::<deque::Deque>();
    heap.register::<deque::DequeIterator<false>>();
    heap.register::<deque::DequeIterator<true>>();
    heap.register::<tuplegetter::TupleGetter>();
    heap.register::<ordered_view::OrderedIterator>();
}
