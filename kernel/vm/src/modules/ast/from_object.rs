//! From objects to the compiler's tree (`obj2ast_*`).

use std::rc::Rc;

use compile::tree::{Node, Value};
use compile::{Const, Location, PyStr};
use heap::{Bytes, Kind as HeapKind, List, Obj, Tuple};

use super::classes::Classes;
use super::node::is_plain_text;
use super::table::{self, Field, Group, Kind};
use crate::objects::leaf;
use crate::{PyResult, Raised, Vm, kinds};

/// An object as a module's tree; `kind` is the one that the mode of `compile()` asks for.
pub(crate) fn from_object(vm: &Vm, obj: &Obj, kind: &str) -> PyResult<Node> {
    let classes = vm.ast_classes()?;
    match classes.kind_of(vm, obj) {
        Some((group, found)) if found.name == kind => node(vm, classes, obj, group, found, None),
        _ => Err(vm.type_error(format!("expected {kind} node, got {}", vm.type_name(obj)))),
    }
}

fn node(vm: &Vm, classes: &Classes, obj: &Obj, group: &Group, kind: &Kind, loc: Option<Location>) -> PyResult<Node> {
    let mut fields = Vec::with_capacity(kind.fields.len());
    for field in &kind.fields {
        fields.push(vm.guarded(" during ast construction", || value(vm, classes, obj, kind, field))?);
    }
    // The place of a product is read after its fields.
    let loc = if group.product && group.places { Some(location(vm, obj, group)?) } else { loc };
    Ok(Node { kind: Rc::from(kind.name), fields, loc })
}

fn missing(vm: &Vm, field: &str, of: &str) -> Raised {
    vm.type_error(format!("required field \"{field}\" missing from {of}"))
}

fn value(vm: &Vm, classes: &Classes, obj: &Obj, kind: &Kind, field: &Field) -> PyResult<Value> {
    let found = vm.getattr_opt_str(obj, field.name)?;
    if field.list {
        let Some(found) = found else { return Ok(Value::List(Vec::new())) };
        let Some(items) = found.get::<List>() else {
            let (name, given) = (kind.name, vm.type_name(&found));
            return Err(vm.type_error(format!("{name} field \"{}\" must be a list, not a {given}", field.name)));
        };
        let size = items.len();
        let mut values = Vec::with_capacity(size);
        for item in items.to_vec() {
            values.push(if field.optional && item.is(&vm.consts.none) { Value::None } else { single(vm, classes, &item, field)? });
            if items.len() != size {
                let (name, field) = (kind.name, field.name);
                return Err(vm.runtime_error(format!("{name} field \"{field}\" changed size during iteration")));
            }
        }
        return Ok(Value::List(values));
    }
    match found {
        None if field.optional => Ok(Value::None),
        None => Err(missing(vm, field.name, kind.name)),
        Some(found) if found.is(&vm.consts.none) && field.type_ != "constant" => {
            if field.optional || field.type_ == "int" {
                return if field.optional { Ok(Value::None) } else { Err(vm.value_error("invalid integer value: None")) };
            }
            Err(vm.value_error(format!("field '{}' is required for {}", field.name, kind.name)))
        }
        Some(found) => single(vm, classes, &found, field),
    }
}

fn single(vm: &Vm, classes: &Classes, obj: &Obj, field: &Field) -> PyResult<Value> {
    match field.type_ {
        "identifier" if is_plain_text(obj) => Ok(Value::Name(Rc::from(vm.lossy(obj)))),
        "identifier" => Err(vm.type_error("AST identifier must be of type str")),
        "string" if is_plain_text(obj) || obj.kind() == HeapKind::BYTES => constant(vm, obj).map(Value::Const),
        "string" => Err(vm.type_error("AST string must be of type str")),
        "constant" => constant(vm, obj).map(Value::Const),
        "int" => int(vm, obj).map(|n| Value::Int(i64::from(n))),
        group => {
            // Where a node stands is read before what it is.
            let known = table::groups().iter().find(|known| known.name == group && known.places && !known.product);
            let loc = known.map(|known| location(vm, obj, known)).transpose()?;
            match classes.kind_of(vm, obj) {
                Some((found, kind)) if found.name == group => Ok(Value::Node(Box::new(node(vm, classes, obj, found, kind, loc)?))),
                _ => Err(vm.type_error(format!("expected some sort of {group}, but got {}", vm.repr_text(obj)?))),
            }
        }
    }
}

fn int(vm: &Vm, obj: &Obj) -> PyResult<i32> {
    if !vm.is_kind_of(obj, &vm.types.int) {
        return Err(vm.value_error(format!("invalid integer value: {}", vm.repr_text(obj)?)));
    }
    vm.index_c_int(obj)
}

fn location(vm: &Vm, obj: &Obj, group: &Group) -> PyResult<Location> {
    let place = |name: &str| -> PyResult<Option<i32>> {
        match vm.getattr_opt_str(obj, name)?.filter(|value| !value.is(&vm.consts.none)) {
            Some(value) => int(vm, &value).map(Some),
            None => Ok(None),
        }
    };
    let needed = |name: &str| place(name)?.ok_or_else(|| missing(vm, name, group.name));
    let (line, col) = (needed("lineno")?, needed("col_offset")?);
    let ends = if group.needs_end {
        [Some(needed("end_lineno")?), Some(needed("end_col_offset")?)]
    } else {
        [place("end_lineno")?, place("end_col_offset")?]
    };
    let (end_line, end_col) = (ends[0].unwrap_or(line), ends[1].unwrap_or(col));
    if line > end_line {
        return Err(vm.value_error(format!("AST node line range ({line}, {end_line}) is not valid")));
    }
    if (line < 0 && end_line != line) || (col < 0 && col != end_col) {
        return Err(vm.value_error(format!("AST node column range ({col}, {end_col}) for line range ({line}, {end_line}) is not valid")));
    }
    if line == end_line && col > end_col {
        return Err(vm.value_error(format!("line {line}, column {col}-{end_col} is not a valid range")));
    }
    Ok(Location { line, end_line, col, end_col })
}

/// What can stand in a `Constant` (`validate_constant`).
fn constant(vm: &Vm, obj: &Obj) -> PyResult<Const> {
    let consts = &vm.consts;
    if obj.is(&consts.none) {
        return Ok(Const::None);
    }
    if obj.is(&consts.ellipsis) {
        return Ok(Const::Ellipsis);
    }
    if obj.is(&consts.true_) || obj.is(&consts.false_) {
        return Ok(Const::bool(obj.is(&consts.true_)));
    }
    let items = |items: Vec<Obj>| items.iter().map(|item| constant(vm, item)).collect::<PyResult<Vec<Const>>>();
    match obj.kind() {
        HeapKind::INT | kinds::BIG_INT => Ok(Const::int(leaf::integer_of(obj).to_big())),
        HeapKind::FLOAT => Ok(Const::Float(leaf::float(obj).unwrap_or_default())),
        kinds::COMPLEX => {
            let part = |name: &str| vm.getattr_str(obj, name).and_then(|part| vm.as_float(&part));
            Ok(Const::Complex(part("real")?, part("imag")?))
        }
        HeapKind::STR => Ok(Const::Str(PyStr::from_wtf8(leaf::text_of(obj)))),
        HeapKind::BYTES => Ok(Const::Bytes(obj.get::<Bytes>().map_or(&[][..], Bytes::as_bytes).into())),
        HeapKind::TUPLE if obj.extra().is_none() => {
            Ok(Const::Tuple(items(obj.get::<Tuple>().map(|tuple| tuple.items().to_vec()).unwrap_or_default())?.into()))
        }
        HeapKind::FROZENSET if obj.extra().is_none() => Ok(Const::FrozenSet(items(vm.to_vec(obj)?)?.into())),
        _ => Err(vm.type_error(format!("got an invalid type in Constant: {}", vm.type_name(obj)))),
    }
}
