//! `_string`: the parser of `str.format`, for `string.Formatter` (`Objects/unicodeobject.c`).

use heap::Obj;

use super::ModuleSpec;
use crate::objects::leaf::text;
use crate::objects::str_format::{self, Step};
use crate::{Args, Convention, Method, PyResult, Vm};

pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "_string",
    functions: &[
        Method::new("formatter_field_name_split", field_name_split, Convention::One).signature("($self, object, /)"),
        Method::new("formatter_parser", parser, Convention::One).signature("($self, object, /)"),
    ],
    init: |_, _| Ok(()),
};

fn given<'a>(vm: &Vm, args: Args<'a>) -> PyResult<&'a [u8]> {
    let obj = &args.pos()[0];
    text(obj).ok_or_else(|| vm.type_error(format!("expected str, got {}", vm.type_name(obj))))
}

/// An iterator over `(literal, name, specification, conversion)`.
fn parser(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let mut rest = given(vm, args)?;
    let mut rows = Vec::new();
    while !rest.is_empty() {
        let (literal, field) = str_format::next(vm, &mut rest)?;
        let literal = vm.str_from_bytes(literal);
        rows.push(vm.tuple(match field {
            None => vec![literal, vm.none(), vm.none(), vm.none()],
            Some(field) => {
                let conversion = field.conversion.map_or_else(|| vm.none(), |cp| vm.str_from_bytes(&crate::text::wtf8::collect([cp])));
                vec![literal, vm.str_from_bytes(field.name), vm.str_from_bytes(field.spec), conversion]
            }
        }));
    }
    let rows = vm.list(rows);
    vm.iter(&rows)
}

/// The first part of a field's name, and an iterator over `(is an attribute, name)`.
fn field_name_split(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let (first, mut rest) = str_format::split_name(given(vm, args)?);
    let shown =
        |name: &[u8]| -> PyResult { Ok(str_format::number(vm, name)?.map_or_else(|| vm.str_from_bytes(name), |n| vm.int(n as i64))) };
    let first = shown(first)?;
    let mut steps = Vec::new();
    while let Some(step) = str_format::next_step(vm, &mut rest)? {
        steps.push(match step {
            Step::Attribute(name) => vm.tuple(vec![vm.bool(true), vm.str_from_bytes(name)]),
            Step::Item(name) => vm.tuple(vec![vm.bool(false), shown(name)?]),
        });
    }
    let steps = vm.list(steps);
    Ok(vm.tuple(vec![first, vm.iter(&steps)?]))
}
