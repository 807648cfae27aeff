//! What is to be said of a live object: what it is, what it is for, and how it stands on the heap.

use heap::{Int, Obj, Str, Tuple};
use serde_json::{Map, Value, json};
use vm::{Class, PyResult, Vm};

use crate::reach;

/// The version of [`MEDIA`]'s shape.
const VERSION: u32 = 1;
/// What tools read.
pub(crate) const MEDIA: &str = "application/vnd.heapbook.object+json";

const RED: &str = "\u{1b}[0;31m";
const RESET: &str = "\u{1b}[0m";

/// The name at the cursor; inside a call, at least that of the function.
pub(crate) fn name_at(code: &str, cursor: usize) -> Option<String> {
    let chars: Vec<char> = code.chars().collect();
    let in_word = |c: &char| c.is_alphanumeric() || matches!(c, '_' | '.');
    let word_at = |cursor: usize| {
        let start = cursor - chars[..cursor].iter().rev().take_while(|c| in_word(c)).count();
        let end = cursor + chars[cursor..].iter().take_while(|c| in_word(c) && **c != '.').count();
        let word: String = chars[start..end].iter().collect();
        if word.starts_with('.') {
            // What stands before is no name, but may lead to an object all the same.
            let line = chars[..end].iter().rposition(|c| *c == '\n').map_or(0, |at| at + 1);
            return reach::expression_before(&chars[line..end].iter().collect::<String>());
        }
        (!word.is_empty() && !word.starts_with(|c: char| c.is_ascii_digit())).then_some(word)
    };
    let cursor = cursor.min(chars.len());
    if let Some(word) = word_at(cursor) {
        return Some(word);
    }
    let before: String = chars[..cursor].iter().collect();
    word_at(call_around(&before)?.chars().count())
}

/// The text up to the bracket that opens the call in which it ends.
pub(crate) fn call_around(text: &str) -> Option<&str> {
    let mut depth = 0;
    for (at, c) in text.char_indices().rev() {
        match c {
            ')' => depth += 1,
            '(' if depth == 0 => return Some(&text[..at]),
            '(' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// The parameters of something callable that can be named in a call.
pub(crate) fn keyword_names(vm: &Vm, callable: &Obj) -> Vec<String> {
    let Ok(Some(signature)) = signature(vm, "", callable) else { return Vec::new() };
    let parts: Vec<&str> = signature.trim_matches(['(', ')']).split(", ").collect();
    let first = parts.iter().position(|part| *part == "/").map_or(0, |at| at + 1);
    let name = |part: &&str| part.split('=').next().unwrap_or(part).to_owned();
    let is_name = |name: &String| name.chars().all(|c| c.is_alphanumeric() || c == '_') && !name.is_empty();
    parts[first..].iter().map(name).filter(is_name).collect()
}

/// What is to be said, by media type. With more `detail`, the source.
pub(crate) fn describe(vm: &Vm, name: &str, obj: &Obj, detail: u64) -> PyResult<Map<String, Value>> {
    let mut lines: Vec<(&str, String)> = Vec::new();
    if let Some(signature) = signature(vm, name, obj)? {
        lines.push(("Signature", signature));
    }
    let is_code = vm.is_callable(obj);
    if !is_code {
        lines.push(("Type", vm.type_name(obj)));
        let text = vm.repr_text(obj)?;
        lines.push(("String form", if text.chars().count() > 200 { text.chars().take(199).chain(['…']).collect() } else { text }));
        if let Ok(length) = vm.call_method(obj, "__len__", &[]) {
            lines.push(("Length", vm.repr_text(&length)?));
        }
    }
    let source = if detail > 0 { source(vm, obj) } else { None };
    match (&source, documentation(vm, obj)) {
        (Some(source), _) => lines.push(("Source", format!("\n{source}"))),
        (None, Some(text)) => lines.push(("Docstring", if text.contains('\n') { format!("\n{text}") } else { text })),
        (None, None) => {}
    }
    if is_code {
        lines.push(("Type", vm.type_name(obj)));
    }
    let size = size(vm, obj);
    let (referrers, referents) = (vm.heap.referrers(std::slice::from_ref(obj)).len(), referents(obj));
    let generation = match (obj.generation(), obj.is_tracked()) {
        (Some(generation), _) => format!("in generation {generation}"),
        (None, true) => "tracked".to_owned(),
        (None, false) => "not tracked by the collector".to_owned(),
    };
    // The one reference more is ours, for as long as we look.
    let count = if obj.is_immortal() { "immortal".to_owned() } else { format!("refcount {}", obj.refcount().saturating_sub(1)) };
    let bytes = size.map(|size| format!(", {size} bytes")).unwrap_or_default();
    lines.push(("Heap", format!("{count}{bytes}, {generation}, id {:#x}", obj.id())));
    let refer = if referrers == 1 { "object refers" } else { "objects refer" };
    lines.push(("References", format!("{referrers} tracked {refer} to it, it refers to {referents}")));
    let text: Vec<String> = lines.iter().map(|(title, text)| format!("{RED}{title}:{RESET} {text}")).collect();
    let rows = lines
        .iter()
        .map(|(title, text)| (title, escape(text.trim())))
        .map(|(title, text)| format!("<tr><th {LEFT}>{title}</th><td {LEFT}><pre style=\"background:none\">{text}</pre></td></tr>"));
    let html = format!("<table>{}</table>", rows.collect::<String>());
    let data = json!({
        "version": VERSION, "name": name, "type": vm.type_name(obj), "id": obj.id(),
        "refcount": if obj.is_immortal() { Value::Null } else { obj.refcount().saturating_sub(1).into() },
        "size": size, "generation": obj.generation(), "tracked": obj.is_tracked(), "referrers": referrers, "referents": referents,
    });
    Ok(Map::from_iter([("text/plain".to_owned(), text.join("\n").into()), ("text/html".to_owned(), html.into()), (MEDIA.to_owned(), data)]))
}

/// Frontends put what is in tables to the right.
const LEFT: &str = "style=\"text-align:left;vertical-align:top\"";

/// A text in HTML.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// `sys.getsizeof`.
pub(crate) fn size(vm: &Vm, obj: &Obj) -> Option<i64> {
    let function = vm.sys.get().and_then(|sys| vm.dict_get_str(&sys, "getsizeof"))?;
    vm.call(&function, std::slice::from_ref(obj)).ok()?.get::<Int>().map(|size| size.0)
}

fn referents(obj: &Obj) -> usize {
    let mut count = 0;
    if !obj.is_leaf() {
        obj.traverse(&mut |_| count += 1);
    }
    count
}

fn text_of(vm: &Vm, obj: &Obj, attribute: &str) -> Option<String> {
    let text = vm.getattr_opt_str(obj, attribute).ok()??;
    text.get::<Str>().is_some().then(|| vm.lossy(&text))
}

/// The documentation, its common indentation taken off.
fn documentation(vm: &Vm, obj: &Obj) -> Option<String> {
    let text = text_of(vm, obj, "__doc__")?;
    let rest = text.lines().skip(1).filter(|line| !line.trim().is_empty());
    let margin = rest.map(|line| line.len() - line.trim_start().len()).min().unwrap_or(0);
    let lines: Vec<&str> =
        text.lines().enumerate().map(|(i, line)| if i == 0 { line.trim() } else { line.get(margin..).unwrap_or("") }).collect();
    Some(lines.join("\n").trim().to_owned()).filter(|text| !text.is_empty())
}

/// `name(a, b=2)`, for functions of Python and those of the machine that tell.
fn signature(vm: &Vm, name: &str, obj: &Obj) -> PyResult<Option<String>> {
    // As it was written: `[].append(object, /)`.
    let name = name.trim();
    if let Some(told) = text_of(vm, obj, "__text_signature__") {
        let told = told.replace("($module, /, ", "(").replace("($module, /)", "()").replace("($module, ", "(").replace("($self, /)", "()");
        return Ok(Some(format!("{name}{}", told.replace("($self, /, ", "(").replace("($self, ", "("))));
    }
    let function = if obj.get::<Class>().is_some() { vm.getattr_opt_str(obj, "__init__")? } else { Some(obj.clone()) };
    let Some(function) = function else { return Ok(None) };
    let Some(code) = vm.getattr_opt_str(&function, "__code__")? else { return Ok(None) };
    let number = |attribute: &str| -> PyResult<i64> { Ok(vm.getattr_str(&code, attribute)?.get::<Int>().map_or(0, |n| n.0)) };
    let items = |obj: Option<Obj>| obj.and_then(|obj| obj.get::<Tuple>().map(|tuple| tuple.items().to_vec())).unwrap_or_default();
    let places: Vec<String> = items(Some(vm.getattr_str(&code, "co_varnames")?)).iter().map(|name| vm.lossy(name)).collect();
    let (n, n_positional, n_keyword) =
        (number("co_argcount")? as usize, number("co_posonlyargcount")? as usize, number("co_kwonlyargcount")? as usize);
    let flags = number("co_flags")?;
    let defaults = items(vm.getattr_opt_str(&function, "__defaults__")?);
    let keyword_defaults = vm.getattr_opt_str(&function, "__kwdefaults__")?.filter(|dict| dict.get::<heap::Dict>().is_some());
    let mut parts = Vec::new();
    for (i, place) in places[..n].iter().enumerate() {
        match (i + defaults.len()).checked_sub(n) {
            Some(at) => parts.push(format!("{place}={}", vm.repr_text(&defaults[at])?)),
            None => parts.push(place.clone()),
        }
        if i + 1 == n_positional {
            parts.push("/".into());
        }
    }
    let star = flags & 4 != 0;
    if star {
        parts.push(format!("*{}", places[n + n_keyword]));
    } else if n_keyword > 0 {
        parts.push("*".into());
    }
    for place in &places[n..n + n_keyword] {
        match keyword_defaults.as_ref().and_then(|defaults| vm.dict_get_str(defaults, place)) {
            Some(value) => parts.push(format!("{place}={}", vm.repr_text(&value)?)),
            None => parts.push(place.clone()),
        }
    }
    if flags & 8 != 0 {
        parts.push(format!("**{}", places[n + n_keyword + usize::from(star)]));
    }
    // A bound method and a class fill in the first place themselves.
    if vm.getattr_opt_str(obj, "__self__")?.is_some() || obj.get::<Class>().is_some() {
        parts.drain(..1.min(parts.len()));
    }
    Ok(Some(format!("{name}({})", parts.join(", "))))
}

/// The lines of a function, where they are known.
fn source(vm: &Vm, obj: &Obj) -> Option<String> {
    let code = vm.getattr_opt_str(obj, "__code__").ok()??;
    let file = text_of(vm, &code, "co_filename")?;
    let first = vm.getattr_str(&code, "co_firstlineno").ok()?.get::<Int>()?.0 as usize;
    let indent = |line: &str| line.len() - line.trim_start().len();
    let head = vm.source_line(&file, first)?;
    let mut lines = vec![head.clone()];
    for number in first + 1.. {
        let Some(line) = vm.source_line(&file, number) else { break };
        let in_decorators = lines.iter().all(|line| line.trim_start().starts_with('@'));
        if !line.trim().is_empty() && indent(&line) <= indent(&head) && !in_decorators && !line.trim_start().starts_with(')') {
            break;
        }
        lines.push(line);
    }
    Some(lines.join("\n").trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use vm::Vm;
    use vm::host::Collected;

    #[test]
    fn a_signature_begins_with_the_expression() {
        let vm = Vm::new(compile::Version::default(), Rc::new(Collected::default()));
        assert!(vm.start().is_ok(), "a machine starts");
        let names = vm.dict();
        for (code, told) in [("[].append", "[].append(object, /)"), ("''.join(", "''.join(iterable, /)"), ("x = len", "len(obj, /)")] {
            let name = super::name_at(code, code.chars().count()).expect("there is a name");
            let found = crate::reach::find(&vm, &names, &name).expect("it leads to something");
            assert_eq!(super::signature(&vm, &name, &found).ok().flatten().as_deref(), Some(told));
        }
    }

    #[test]
    fn the_cursor_is_at_a_name() {
        let at = |code: &str, cursor| super::name_at(code, cursor);
        assert_eq!(at("zip", 1).as_deref(), Some("zip"));
        assert_eq!(at("f(1, g(2), x", 10).as_deref(), Some("f"));
        assert_eq!(at("documented(1", 12).as_deref(), Some("documented"));
        assert_eq!(at("a.b.c", 3).as_deref(), Some("a.b"));
        assert_eq!(at("1 + 2", 5), None);
    }
}
