//! Replacements for `sub` and `expand`: text, a callable, or a template with groups that `re._parser` has taken apart.

use heap::{Int, Kind, List, Obj, Payload, Str, Trash, Visit};

use super::Subject;
use super::matched::{pattern, text_of_group};
use super::pattern::join;
use crate::class::{ClassSpec, flags};
use crate::{Args, PyResult, Vm, kinds};

const KIND: Kind = Kind(kinds::MODULES.0 + 33);

/// The payload of a template: literals and group numbers in turn.
pub(super) struct Template {
    pieces: Vec<Piece>,
}

enum Piece {
    Literal(Obj),
    Group(usize),
}

impl Payload for Template {
    const KIND: Kind = KIND;
    fn traverse(&self, visit: Visit<'_>) {
        for piece in &self.pieces {
            if let Piece::Literal(text) = piece {
                visit(text);
            }
        }
    }
    fn clear(&self, _: &mut Trash<'_>) {}
}

pub(crate) static TEMPLATE: ClassSpec = ClassSpec {
    name: "_sre.SRE_Template",
    base: Some(&crate::objects::object::OBJECT),
    kind: KIND,
    flags: flags::HAVE_GC | flags::DISALLOW_INSTANTIATION,
    slots: |_| {},
    methods: &[],
    getset: &[],
    basicsize: 40,
    itemsize: 16,
    doc: "",
};

/// `_sre.template(pattern, template)`: the template is `[literal, group, literal, …]`.
pub(super) fn template(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [_, template] = args.check(vm, "template", 2, 2)? else { unreachable!("two arguments were checked") };
    let Some(list) = template.get::<List>() else { return Err(vm.type_error("invalid template")) };
    let mut pieces = Vec::new();
    for (at, piece) in list.to_vec().into_iter().enumerate() {
        match piece.get::<Int>() {
            Some(group) => {
                let group = usize::try_from(group.0).map_err(|_| vm.type_error("invalid template"))?;
                pieces.push(Piece::Group(group));
            }
            None if at % 2 == 1 => return Err(vm.type_error("an integer is required")),
            None if Subject::of(vm, &piece).is_some_and(|subject| subject.len() == 0) => {}
            None => pieces.push(Piece::Literal(piece)),
        }
    }
    Ok(vm.heap.alloc(Template { pieces }).tracked())
}

/// What takes the place of each match.
pub(super) enum Replacement {
    Literal(Obj),
    Template(Obj),
    Callable(Obj),
}

/// What to do with a replacement: most have no backslash, so nothing has to be taken apart.
pub(super) fn replacement(vm: &Vm, pattern: &Obj, given: &Obj) -> PyResult<Replacement> {
    if vm.is_callable(given) {
        return Ok(Replacement::Callable(given.clone()));
    }
    let plain = match Subject::of(vm, given) {
        Some(Subject::Text(text)) => !text.as_bytes().contains(&b'\\'),
        Some(Subject::Bytes(bytes)) => !bytes.contains(&b'\\'),
        None => false,
    };
    if plain {
        return Ok(Replacement::Literal(given.clone()));
    }
    let compiled = compiled(vm, pattern, given)?;
    Ok(if compiled.get::<Template>().is_some() {
        Replacement::Template(compiled)
    } else if vm.is_callable(&compiled) {
        Replacement::Callable(compiled)
    } else {
        Replacement::Literal(compiled)
    })
}

/// `re._compile_template(pattern, text)`.
fn compiled(vm: &Vm, pattern: &Obj, text: &Obj) -> PyResult {
    let re = vm.import_module("re")?;
    vm.call_method(&re, "_compile_template", &[pattern.clone(), text.clone()])
}

impl Replacement {
    /// The replacement of one match.
    pub(super) fn apply(&self, vm: &Vm, matched: impl FnOnce() -> Obj) -> PyResult {
        match self {
            Replacement::Literal(text) => Ok(text.clone()),
            Replacement::Callable(callable) => vm.call(callable, &[matched()]),
            Replacement::Template(template) => filled(vm, template, &matched()),
        }
    }
}

fn filled(vm: &Vm, template: &Obj, matched: &Obj) -> PyResult {
    let template = template.get::<Template>().expect("the replacement was told apart");
    let mut parts = Vec::new();
    for piece in &template.pieces {
        match piece {
            Piece::Literal(text) => parts.push(text.clone()),
            Piece::Group(index) => {
                let text = text_of_group(vm, matched, *index, None);
                if !text.is(&vm.consts.none) {
                    parts.push(text);
                }
            }
        }
    }
    let whole = text_of_group(vm, matched, 0, None);
    let subject = Subject::of(vm, &whole).ok_or_else(|| vm.type_error("expected string or bytes-like object"))?;
    join(vm, &subject, parts)
}

/// `match.expand(template)`.
pub(super) fn expand(vm: &Vm, matched: &Obj, text: &Obj) -> PyResult {
    if text.get::<Str>().is_none() && Subject::of(vm, text).is_none() {
        return Err(vm.type_error("expected str or bytes template"));
    }
    let pattern = pattern(matched).ok_or_else(|| vm.runtime_error("the match has lost its pattern"))?;
    replacement(vm, &pattern, text)?.apply(vm, || matched.clone())
}
