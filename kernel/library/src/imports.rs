//! Which modules a text imports, as far as its lines tell: what a pack is fetched for before a program runs into it.
//!
//! Nothing depends on it being right: a module that is imported by other means is fetched when the machine misses it.

/// The full names in the import statements of a text; of `from a import b` both `a` and `a.b`. `package` is what a leading dot stands for, and
/// `everywhere` takes lines that are indented, too.
pub(crate) fn imports(text: &str, package: &str, everywhere: bool) -> Vec<String> {
    let mut found = Vec::new();
    for statement in text.lines().flat_map(|line| line.split(';')) {
        let trimmed = statement.trim_start();
        if trimmed.len() < statement.len() && !everywhere {
            continue;
        }
        let name = |text: &str| text.split_whitespace().next().map(|name| name.trim_matches(['(', ')', '\\']).to_owned());
        if let Some(names) = trimmed.strip_prefix("import ") {
            found.extend(names.split(',').filter_map(name));
        } else if let Some((module, names)) = trimmed.strip_prefix("from ").and_then(|rest| rest.split_once(" import ")) {
            let module = module.trim();
            let module = match module.trim_start_matches('.') {
                relative if relative.len() == module.len() => module.to_owned(),
                "" => package.to_owned(),
                relative => format!("{package}.{relative}"),
            };
            found.extend(names.split(',').filter_map(name).map(|name| format!("{module}.{name}")));
            found.push(module);
        }
    }
    found
}
