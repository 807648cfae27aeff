//! What is to be said of an exception: taken from the objects once, so that the saying runs no Python code.

use compile::Version;
use heap::{Int, List, Obj, Str, Tuple};

use super::suggest;
use crate::objects::exception::{field, members};
use crate::objects::traceback::Traceback;
use crate::{PyResult, Vm};

/// One frame of a traceback, innermost last.
#[derive(Clone, PartialEq)]
pub(super) struct Entry {
    pub(super) filename: String,
    pub(super) name: String,
    /// 1-based; columns are byte offsets, −1 if unknown.
    pub(super) location: compile::Location,
    /// The lines of the statement, as they stand in the source.
    pub(super) lines: Vec<String>,
    pub(super) version: Version,
}

/// Where a syntax error was found.
pub(super) struct SyntaxPlace {
    pub(super) filename: Option<String>,
    pub(super) line: Option<i64>,
    pub(super) end_line: Option<i64>,
    pub(super) offset: Option<i64>,
    pub(super) end_offset: Option<i64>,
    pub(super) text: Option<String>,
    pub(super) message: String,
}

/// All that is to be said of one exception.
pub(super) struct Report {
    pub(super) class: String,
    pub(super) text: String,
    pub(super) notes: Vec<String>,
    pub(super) syntax: Option<SyntaxPlace>,
    pub(super) frames: Vec<Entry>,
    pub(super) has_traceback: bool,
    pub(super) cause: Option<Box<Report>>,
    pub(super) context: Option<Box<Report>>,
    pub(super) suppress_context: bool,
    pub(super) members: Option<Vec<Report>>,
}

impl Report {
    pub(super) fn new(vm: &Vm, exception: &Obj) -> Report {
        let mut seen = Vec::new();
        Report::collect(vm, exception, &mut seen, 0)
    }

    /// Chains are followed to a depth that no reader reads to; loops end at what was seen.
    fn collect(vm: &Vm, exception: &Obj, seen: &mut Vec<u64>, depth: usize) -> Report {
        seen.push(exception.id());
        let payload = vm.exception(exception);
        let traceback = payload.traceback.get();
        let mut report = Report {
            class: class_text(vm, exception),
            text: safe(vm.str_of(exception).map(|text| vm.lossy(&text)), "<exception str() failed>"),
            notes: notes(vm, exception),
            syntax: None,
            frames: traceback.as_ref().map(|traceback| entries(vm, traceback)).unwrap_or_default(),
            has_traceback: traceback.is_some(),
            cause: None,
            context: None,
            suppress_context: payload.suppress_context.get(),
            members: None,
        };
        if vm.is_kind_of(exception, &vm.types.syntax_error) {
            report.syntax = Some(syntax_place(vm, exception));
        } else {
            report.text += &suggest::suggestion(vm, exception, traceback.as_ref());
        }
        if depth < 1000 {
            let follow = |link: Option<Obj>, seen: &mut Vec<u64>| {
                link.filter(|link| !seen.contains(&link.id())).map(|link| Box::new(Report::collect(vm, &link, seen, depth + 1)))
            };
            report.cause = follow(payload.cause.get(), seen);
            report.context = follow(payload.context.get(), seen);
            if vm.is_kind_of(exception, &vm.types.base_exception_group) {
                report.members = Some(members(exception).iter().map(|member| Report::collect(vm, member, seen, depth + 1)).collect());
            }
        }
        report
    }
}

fn safe(text: PyResult<String>, instead: &str) -> String {
    text.unwrap_or_else(|_| instead.to_owned())
}

/// The class's name, with its module unless that goes without saying.
fn class_text(vm: &Vm, exception: &Obj) -> String {
    let class = vm.class_of(exception);
    let get = |name: &str| vm.getattr_str(&class, name).ok();
    let name = get("__qualname__").map(|name| vm.lossy(&name)).unwrap_or_default();
    match get("__module__") {
        Some(module) if module.get::<Str>().is_some() => match vm.lossy(&module).as_str() {
            "__main__" | "builtins" => name,
            module => format!("{module}.{name}"),
        },
        _ => format!("<unknown>.{name}"),
    }
}

fn notes(vm: &Vm, exception: &Obj) -> Vec<String> {
    let notes = match vm.getattr_opt(exception, &vm.intern("__notes__")) {
        Ok(Some(notes)) if !notes.is(&vm.consts.none) => notes,
        Ok(_) => return Vec::new(),
        Err(_) => return vec!["Ignored error getting __notes__".to_owned()],
    };
    let items = match (notes.get::<List>(), notes.get::<Tuple>()) {
        (Some(list), _) => list.to_vec(),
        (_, Some(tuple)) => tuple.items().to_vec(),
        _ => return vec![safe(vm.repr(&notes).map(|text| vm.lossy(&text)), "<__notes__ repr() failed>")],
    };
    items
        .iter()
        .map(|note| safe(vm.str_of(note).map(|text| vm.lossy(&text)), "<note str() failed>"))
        .flat_map(|note| note.split('\n').map(str::to_owned).collect::<Vec<_>>())
        .collect()
}

fn syntax_place(vm: &Vm, exception: &Obj) -> SyntaxPlace {
    let text = |place| field(exception, place).filter(|held| held.get::<Str>().is_some()).map(|held| vm.lossy(&held));
    let number = |place| field(exception, place).and_then(|held| held.get::<Int>().map(|n| n.0));
    let (filename, line) = (text(1), number(2));
    // A cell is no file, and its text is known.
    let cell = filename.as_deref().filter(|name| *name != "<string>").zip(line.and_then(|line| usize::try_from(line).ok()));
    SyntaxPlace {
        message: text(0).unwrap_or_else(|| "<no detail available>".to_owned()),
        offset: number(3),
        text: text(4).or_else(|| cell.and_then(|(name, line)| vm.source_line(name, line))),
        filename,
        line,
        end_line: number(5),
        end_offset: number(6),
    }
}

/// One link of a traceback.
struct Step {
    filename: String,
    name: String,
    location: compile::Location,
    next: Option<Obj>,
}

fn step(vm: &Vm, traceback: &Obj) -> Step {
    let link = traceback.get::<Traceback>().expect("a traceback leads to tracebacks");
    let code = link.code();
    let text = |name: &str| code.as_ref().and_then(|code| vm.getattr_str(code, name).ok()).map(|text| vm.lossy(&text)).unwrap_or_default();
    Step { filename: text("co_filename"), name: text("co_name"), location: link.location(vm), next: link.next.get() }
}

/// The frames of a traceback, outermost first.
fn entries(vm: &Vm, traceback: &Obj) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut next = Some(traceback.clone());
    while let Some(traceback) = next {
        let step = step(vm, &traceback);
        let (first, last) = (step.location.line.max(1) as usize, step.location.end_line.max(step.location.line).max(1) as usize);
        let lines = if step.location.line < 0 {
            Vec::new()
        } else {
            (first..=last).map_while(|line| vm.source_line(&step.filename, line)).collect()
        };
        entries.push(Entry { filename: step.filename, name: step.name, location: step.location, lines, version: vm.version });
        next = step.next;
    }
    entries
}
