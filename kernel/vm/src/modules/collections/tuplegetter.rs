//! `_tuplegetter`: the property of a named tuple's field.

use heap::{Obj, Slot, Tuple};

use crate::class::{ClassSpec, Convention, GetSet, Method, flags};
use crate::{Args, PyResult, Vm, kinds};

/// Which item, and the field's doc string.
pub(super) struct TupleGetter {
    index: isize,
    doc: Slot,
}

const KIND: heap::Kind = heap::Kind(kinds::MODULES.0 + 22);
crate::payload!(TupleGetter, KIND, { doc });

pub(crate) static TUPLE_GETTER: ClassSpec = ClassSpec {
    name: "collections._tuplegetter",
    base: Some(&crate::objects::object::OBJECT),
    kind: KIND,
    flags: flags::HAVE_GC | flags::MODULE_TYPE,
    slots: |s| {
        s.new.set(Some(new));
        s.descr_get.set(Some(get));
        s.descr_set.set(Some(|vm, _, _, value| {
            Err(vm.attribute_error_text(if value.is_some() { "can't set attribute" } else { "can't delete attribute" }))
        }));
        s.repr.set(Some(|vm, this| {
            let own = own(this);
            let doc = own.doc.get().map_or(Ok("None".to_owned()), |doc| vm.repr_text(&doc))?;
            Ok(vm.str(&format!("_tuplegetter({}, {doc})", own.index)))
        }));
    },
    methods: &[Method::new("__reduce__", reduce, Convention::NoArgs).signature("($self, /)")],
    getset: &[GetSet {
        name: "__doc__",
        get: |vm, this| Ok(own(this).doc.get().unwrap_or_else(|| vm.none())),
        set: Some(|_, this, value| {
            drop(own(this).doc.replace(value.cloned()));
            Ok(())
        }),
        member: true,
        doc: "",
    }],
    basicsize: 32,
    itemsize: 0,
    doc: "",
};

fn own(this: &Obj) -> &TupleGetter {
    this.get::<TupleGetter>().expect("a method of a tuple getter gets one")
}

fn new(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [index, doc] = args.check(vm, "_tuplegetter", 2, 2)? else { unreachable!("two arguments were checked") };
    let index = vm.index_isize(index)?;
    Ok(vm.heap.alloc(TupleGetter { index, doc: Slot::new(doc.clone()) }).tracked())
}

fn get(vm: &Vm, this: &Obj, instance: Option<&Obj>, _: Option<&Obj>) -> PyResult {
    let Some(instance) = instance.filter(|instance| !instance.is(&vm.consts.none)) else { return Ok(this.clone()) };
    let index = own(this).index;
    let Some(tuple) = instance.get::<Tuple>() else {
        return Err(vm.type_error(format!(
            "descriptor for index '{index}' for tuple subclasses doesn't apply to '{}' object",
            vm.type_name(instance)
        )));
    };
    usize::try_from(index)
        .ok()
        .and_then(|index| tuple.items().get(index).cloned())
        .ok_or_else(|| vm.index_error("tuple index out of range"))
}

fn reduce(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    let own = own(this);
    let parts = vm.tuple(vec![vm.int(own.index as i64), own.doc.get().unwrap_or_else(|| vm.none())]);
    Ok(vm.tuple(vec![vm.class_of(this), parts]))
}
