//! The classes of nodes: `AST`, a class for each group of kinds, and one for each kind.

use std::collections::HashMap;

use heap::Obj;

use super::node::AST;
use super::table::{self, Field, Group, Kind};
use crate::class::flags;
use crate::{PyResult, Vm};

/// The classes of a machine, made when they are first needed.
pub(crate) struct Classes {
    /// `AST`.
    pub(super) base: Obj,
    /// Every class by its name, in the order in which they were made.
    pub(super) all: Vec<(&'static str, Obj)>,
    /// Group and kind by the id of the kind's class.
    by_class: HashMap<u64, (&'static Group, &'static Kind)>,
    by_name: HashMap<&'static str, Obj>,
    /// The one object of each kind without fields.
    pub(super) singletons: HashMap<&'static str, Obj>,
}

impl Classes {
    /// The class of that name.
    pub(super) fn named(&self, name: &str) -> Option<&Obj> {
        self.by_name.get(name)
    }

    /// Group and kind of an object, by the first of its classes that is a kind's.
    pub(super) fn kind_of(&self, vm: &Vm, obj: &Obj) -> Option<(&'static Group, &'static Kind)> {
        vm.mro_of(&vm.class_of(obj)).iter().find_map(|class| self.by_class.get(&class.id()).copied())
    }
}

impl Vm {
    /// The classes of nodes.
    pub(crate) fn ast_classes(&self) -> PyResult<&Classes> {
        if let Some(classes) = self.state.ast.get() {
            return Ok(classes);
        }
        let made = Box::new(make(self)?);
        Ok(self.state.ast.get_or_init(|| made))
    }
}

const PLACES: [&str; 4] = ["lineno", "col_offset", "end_lineno", "end_col_offset"];

fn make(vm: &Vm) -> PyResult<Classes> {
    let base = vm.late_class(&AST);
    let payload = vm.class(&base);
    payload.flags.set(payload.flags.get() & !flags::IMMUTABLE);
    for name in ["_fields", "__match_args__", "_attributes"] {
        vm.set_own_attr(&base, &vm.intern(name), vm.consts.empty_tuple.clone());
    }
    let mut classes = Classes {
        base: base.clone(),
        all: vec![("AST", base.clone())],
        by_class: HashMap::new(),
        by_name: HashMap::new(),
        singletons: HashMap::new(),
    };
    for group in table::groups() {
        let parent = if group.product {
            base.clone()
        } else {
            let class = make_class(vm, group.name, &base, &[], &group.doc())?;
            set_places(vm, &class, group)?;
            classes.add(group.name, &class);
            class
        };
        for kind in &group.kinds {
            let class = make_class(vm, kind.name, &parent, &kind.fields, &kind.doc())?;
            if group.product {
                set_places(vm, &class, group)?;
            }
            for field in kind.fields.iter().filter(|field| field.optional && !field.list) {
                vm.setattr_str(&class, field.name, Some(&vm.none()))?;
            }
            classes.by_class.insert(class.id(), (group, kind));
            classes.add(kind.name, &class);
            if group.is_enum() {
                classes.singletons.insert(kind.name, vm.new_instance(&class));
            }
        }
    }
    for kind in table::groups().iter().flat_map(|group| &group.kinds) {
        set_types(vm, &classes, kind)?;
    }
    Ok(classes)
}

impl Classes {
    fn add(&mut self, name: &'static str, class: &Obj) {
        self.by_name.insert(name, class.clone());
        self.all.push((name, class.clone()));
    }
}

/// `make_type`.
fn make_class(vm: &Vm, name: &str, base: &Obj, fields: &[Field], doc: &str) -> PyResult {
    let names = vm.tuple(fields.iter().map(|field| vm.intern(field.name)).collect());
    let namespace = vm.dict();
    vm.dict_set_str(&namespace, "_fields", names.clone());
    vm.dict_set_str(&namespace, "__match_args__", names);
    vm.dict_set_str(&namespace, "__module__", vm.intern("ast"));
    vm.dict_set_str(&namespace, "__doc__", vm.str(doc));
    vm.call(&vm.types.type_, &[vm.str(name), vm.tuple(vec![base.clone()]), namespace])
}

/// Which attributes tell the place of a node.
fn set_places(vm: &Vm, class: &Obj, group: &Group) -> PyResult<()> {
    let names = if group.places { PLACES.iter().map(|name| vm.intern(name)).collect() } else { Vec::new() };
    vm.setattr_str(class, "_attributes", Some(&vm.tuple(names)))?;
    if group.places && !group.needs_end {
        for name in &PLACES[2..] {
            vm.setattr_str(class, name, Some(&vm.none()))?;
        }
    }
    Ok(())
}

/// `_field_types` and `__annotations__`.
fn set_types(vm: &Vm, classes: &Classes, kind: &Kind) -> PyResult<()> {
    let Some(class) = classes.named(kind.name) else { return Ok(()) };
    let types = vm.dict();
    for field in &kind.fields {
        let plain = match field.type_ {
            "identifier" | "string" => vm.types.str.clone(),
            "int" => vm.types.int.clone(),
            "constant" => vm.types.object.clone(),
            group => classes.named(group).cloned().unwrap_or_else(|| vm.types.object.clone()),
        };
        let shown = match (field.list, field.optional) {
            (true, _) => vm.generic_alias(&vm.types.list, &plain)?,
            (false, true) => vm.new_union(&[plain, vm.none()])?,
            (false, false) => plain,
        };
        vm.dict_set_str(&types, field.name, shown);
    }
    vm.setattr_str(class, "_field_types", Some(&types))?;
    vm.setattr_str(class, "__annotations__", Some(&types))
}
