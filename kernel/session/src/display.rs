//! How an object is shown in a notebook: by media type, as its class's `_repr_*_` methods say.

use heap::{Obj, Tuple};
use serde_json::{Map, Value};
use vm::{Class, PyResult, Vm, flags};

use crate::json;

/// An object by media type.
#[derive(Debug, Default)]
pub(crate) struct Bundle {
    pub(crate) data: Map<String, Value>,
    pub(crate) metadata: Map<String, Value>,
}

/// The methods that IPython asks, and what they give.
const METHODS: [(&str, &str); 9] = [
    ("_repr_html_", "text/html"),
    ("_repr_markdown_", "text/markdown"),
    ("_repr_svg_", "image/svg+xml"),
    ("_repr_png_", "image/png"),
    ("_repr_pdf_", "application/pdf"),
    ("_repr_jpeg_", "image/jpeg"),
    ("_repr_latex_", "text/latex"),
    ("_repr_json_", "application/json"),
    ("_repr_javascript_", "application/javascript"),
];

/// An object by media type; nothing, if it has shown itself.
pub(crate) fn bundle(vm: &Vm, obj: &Obj) -> PyResult<Option<Bundle>> {
    let mut bundle = Bundle::default();
    // Builtin classes have none of the methods, and of a class they would be its instances'.
    if vm.class(&vm.class_of(obj)).has(flags::HEAP_TYPE) && obj.get::<Class>().is_none() {
        if let Some(method) = method(vm, obj, "_ipython_display_")? {
            vm.call(&method, &[])?;
            return Ok(None);
        }
        if let Some(method) = method(vm, obj, "_repr_mimebundle_")? {
            let none = [("include", vm.none()), ("exclude", vm.none())];
            tolerate(vm, vm.call_kw(&method, &[], &none).and_then(|given| add_all(vm, &given, &mut bundle)));
        }
        for (name, media) in METHODS {
            if !bundle.data.contains_key(media)
                && let Some(method) = method(vm, obj, name)?
            {
                tolerate(vm, vm.call(&method, &[]).and_then(|given| add(vm, media, &given, &mut bundle)));
            }
        }
    }
    if !bundle.data.contains_key("text/plain") {
        let text = vm.text_of(&vm.repr(obj)?)?;
        bundle.data.insert("text/plain".into(), text.into());
    }
    Ok(Some(bundle))
}

/// The method, unless the object has everything that it is asked for.
fn method(vm: &Vm, obj: &Obj, name: &str) -> PyResult<Option<Obj>> {
    const NOBODY_HAS_THIS: &str = "_ipython_canary_method_should_not_exist_";
    match vm.getattr_opt_str(obj, name) {
        Ok(Some(method)) if vm.is_callable(&method) => {
            Ok(if matches!(vm.getattr_opt_str(obj, NOBODY_HAS_THIS), Ok(None)) { Some(method) } else { None })
        }
        Ok(_) => Ok(None),
        Err(raised) if raised.is(vm, &vm.types.exception) => Ok(None),
        Err(raised) => Err(raised),
    }
}

/// A method that fails is told of, and the object is shown without it.
fn tolerate(vm: &Vm, done: PyResult<()>) {
    if let Err(raised) = done {
        vm.write_stderr(&vm.format_exception(&raised.0));
    }
}

/// Adds what `_repr_mimebundle_` gives: a dict, or a dict and its metadata.
fn add_all(vm: &Vm, given: &Obj, bundle: &mut Bundle) -> PyResult<()> {
    if given.is(&vm.consts.none) {
        return Ok(());
    }
    match given.get::<Tuple>().map(Tuple::items) {
        Some([data, metadata]) => {
            bundle.data.extend(json::map(vm, data)?);
            bundle.metadata.extend(json::map(vm, metadata)?);
        }
        _ => bundle.data.extend(json::map(vm, given)?),
    }
    Ok(())
}

/// Adds what one of the other methods gives: data, or data and its metadata.
fn add(vm: &Vm, media: &str, given: &Obj, bundle: &mut Bundle) -> PyResult<()> {
    if given.is(&vm.consts.none) {
        return Ok(());
    }
    match given.get::<Tuple>().map(Tuple::items) {
        Some([data, metadata]) if media != "application/json" || metadata.get::<heap::Dict>().is_some() => {
            bundle.data.insert(media.into(), json::from_python(vm, data)?);
            bundle.metadata.insert(media.into(), json::from_python(vm, metadata)?);
        }
        _ => {
            bundle.data.insert(media.into(), json::from_python(vm, given)?);
        }
    }
    Ok(())
}
