//! `AST`: what every node can do.

use heap::{Dict, Kind, List, Obj, Str, Tuple};

use crate::class::{ClassSpec, Convention, GetSet, Method, flags};
use crate::objects::generic_alias::GenericAlias;
use crate::{Args, PyResult, Vm};

pub(super) static AST: ClassSpec = ClassSpec {
    name: "ast.AST",
    base: None,
    kind: Kind::INSTANCE,
    flags: flags::CONTAINER | flags::HEAP_TYPE | flags::DICT,
    slots: |s| {
        s.new.set(Some(|vm, class, _| Ok(vm.new_instance(class))));
        s.init.set(Some(init));
        s.repr.set(Some(|vm, this| Ok(vm.str(&shown(vm, this, 3)?))));
        s.getattro.set(Some(Vm::generic_getattr));
        s.setattro.set(Some(Vm::generic_setattr));
    },
    methods: &[
        Method::new("__reduce__", reduce, Convention::NoArgs).signature("($self, /)"),
        Method::new("__replace__", replace, Convention::Keywords).signature("($self, /, **fields)"),
    ],
    getset: &[GetSet::with_set("__dict__", crate::objects::own_dict, crate::objects::set_own_dict)],
    basicsize: 24,
    itemsize: 0,
    doc: "",
};

/// The names in a tuple or list of the class; none if it says none.
fn names(vm: &Vm, class: &Obj, attribute: &str) -> PyResult<Vec<Obj>> {
    match vm.getattr_opt_str(class, attribute)? {
        Some(names) => vm.to_vec(&names),
        None => Ok(Vec::new()),
    }
}

fn is_in(vm: &Vm, name: &Obj, names: &[Obj]) -> PyResult<bool> {
    for known in names {
        if vm.eq(known, name)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn warn(vm: &Vm, text: String) -> PyResult<()> {
    vm.warn(&vm.types.deprecation_warning, &text)
}

/// `ast_type_init`: fields by position and by name; those that are missing get what their type has for nothing.
fn init(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult<()> {
    let class = vm.class_of(this);
    let name = vm.class_name(&class);
    let fields = names(vm, &class, "_fields")?;
    if args.pos().len() > fields.len() {
        let (n, plural) = (fields.len(), if fields.len() == 1 { "" } else { "s" });
        return Err(vm.type_error(format!("{name} constructor takes at most {n} positional argument{plural}")));
    }
    let (given, rest) = fields.split_at(args.pos().len());
    for (field, value) in given.iter().zip(args.pos()) {
        vm.setattr(this, field, Some(value))?;
    }
    let mut missing = rest.to_vec();
    for (key, value) in args.keywords() {
        if is_in(vm, key, given)? {
            return Err(vm.type_error(format!("{name} got multiple values for argument {}", vm.repr_text(key)?)));
        }
        if is_in(vm, key, rest)? {
            let mut at = 0;
            while at < missing.len() && !vm.eq(&missing[at], key)? {
                at += 1;
            }
            if at < missing.len() {
                missing.remove(at);
            }
        } else if !is_in(vm, key, &names(vm, &class, "_attributes")?)? {
            let key = vm.repr_text(key)?;
            warn(
                vm,
                format!(
                    "{name}.__init__ got an unexpected keyword argument {key}. Support for arbitrary keyword arguments is deprecated and \
                     will be removed in Python 3.15."
                ),
            )?;
        }
        vm.setattr(this, key, Some(value))?;
    }
    if missing.is_empty() {
        return Ok(());
    }
    let Some(types) = vm.getattr_opt_str(&class, "_field_types")? else { return Ok(()) };
    missing.iter().try_for_each(|field| set_missing(vm, this, &name, field, &types))
}

fn set_missing(vm: &Vm, this: &Obj, name: &str, field: &Obj, types: &Obj) -> PyResult<()> {
    let found = match types.get::<Dict>() {
        Some(_) => vm.dict_get(types, field)?,
        None => None,
    };
    let Some(type_) = found else {
        return warn(
            vm,
            format!("Field {} is missing from {name}._field_types. This will become an error in Python 3.15.", vm.repr_text(field)?),
        );
    };
    // What may be missing is `None` in the class already.
    if vm.class_of(&type_).is(&vm.types.union) {
        return Ok(());
    }
    if type_.get::<GenericAlias>().is_some() {
        return vm.setattr(this, field, Some(&vm.list(Vec::new())));
    }
    let classes = vm.ast_classes()?;
    if classes.named("expr_context").is_some_and(|context| context.is(&type_)) {
        return vm.setattr(this, field, classes.singletons.get("Load"));
    }
    warn(
        vm,
        format!(
            "{name}.__init__ missing 1 required positional argument: {}. This will become an error in Python 3.15.",
            vm.repr_text(field)?
        ),
    )
}

/// `ast_repr_max_depth`.
fn shown(vm: &Vm, this: &Obj, depth: usize) -> PyResult<String> {
    let class = vm.class_of(this);
    let name = vm.class_name(&class);
    if depth == 0 || vm.repr_enter(this) {
        return Ok(format!("{name}(...)"));
    }
    let inside = fields_shown(vm, this, &class, depth);
    vm.repr_leave(this);
    Ok(format!("{name}({})", inside?))
}

fn fields_shown(vm: &Vm, this: &Obj, class: &Obj, depth: usize) -> PyResult<String> {
    let mut parts = Vec::new();
    for field in names(vm, class, "_fields")? {
        let value = vm.getattr(this, &field)?;
        let text = match (value.get::<List>().map(List::to_vec), value.get::<Tuple>().map(Tuple::items)) {
            (Some(items), _) if !items.is_empty() => row(vm, &items, "[", "]", depth)?,
            (_, Some(items)) if !items.is_empty() => row(vm, items, "(", ")", depth)?,
            _ => item_shown(vm, &value, depth)?,
        };
        parts.push(format!("{}={text}", vm.text_of(&field)?));
    }
    Ok(parts.join(", "))
}

fn item_shown(vm: &Vm, value: &Obj, depth: usize) -> PyResult<String> {
    if vm.is_kind_of(value, &vm.ast_classes()?.base) { shown(vm, value, depth - 1) } else { vm.repr_text(value) }
}

/// The first and the last item.
fn row(vm: &Vm, items: &[Obj], open: &str, close: &str, depth: usize) -> PyResult<String> {
    let mut text = format!("{open}{}", item_shown(vm, &items[0], depth)?);
    if items.len() > 2 {
        text += ", ...";
    }
    if items.len() > 1 {
        text += &format!(", {}", item_shown(vm, &items[items.len() - 1], depth)?);
    }
    Ok(text + close)
}

/// The leading fields are arguments of the class, so that they come before what refers back to the node.
fn reduce(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    let class = vm.class_of(this);
    let Some(dict) = vm.getattr_opt(this, &vm.names.__dict__)? else {
        return Ok(vm.pair(class, vm.consts.empty_tuple.clone()));
    };
    let rest = vm.dict_copy(&dict)?;
    let mut leading = Vec::new();
    for field in names(vm, &class, "_fields")? {
        match vm.dict_remove(&rest, &field)? {
            Some(value) => leading.push(value),
            None => break,
        }
    }
    Ok(vm.tuple(vec![class, vm.tuple(leading), rest]))
}

/// `copy.replace`.
fn replace(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let class = vm.class_of(this);
    if !args.pos().is_empty() {
        return Err(vm.type_error("__replace__() takes no positional arguments"));
    }
    let known = [names(vm, &class, "_fields")?, names(vm, &class, "_attributes")?].concat();
    let all = vm.dict();
    for name in &known {
        if let Some(value) = vm.getattr_opt(this, name)? {
            vm.dict_set(&all, name, value)?;
        }
    }
    for (name, value) in args.keywords() {
        if !is_in(vm, name, &known)? {
            let (class, name) = (vm.class_name(&class), vm.repr_text(name)?);
            return Err(vm.type_error(format!("{class}.__replace__ got an unexpected keyword argument {name}.")));
        }
        vm.dict_set(&all, name, value.clone())?;
    }
    vm.call_tuple(&class, &vm.consts.empty_tuple, Some(&all))
}

/// Whether a text is a `str` and nothing more.
pub(super) fn is_plain_text(obj: &Obj) -> bool {
    obj.kind() == Kind::STR && obj.get::<Str>().is_some()
}
