//! `SyntaxError(msg, (filename, lineno, offset, text, end_lineno, end_offset, metadata))`.

use heap::{Int, Obj, Str};

use super::hierarchy::{field, store};
use crate::class::Slots;
use crate::{Args, PyResult, Raised, Vm};

pub(super) fn slots(slots: &Slots) {
    slots.init.set(Some(init));
    slots.str.set(Some(str));
}

fn init(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult<()> {
    super::init(vm, this, args)?;
    let Some(message) = args.get(0) else { return Ok(()) };
    store(this, 0, Some(message.clone()));
    let [_, details] = args.pos() else { return Ok(()) };
    let details = vm.to_vec(details)?;
    if details.len() < 4 {
        return Err(vm.type_error(format!(
            "function missing required argument '{}' (pos {})",
            ["filename", "lineno", "offset", "text"][details.len()],
            details.len() + 1
        )));
    }
    if details.len() > 7 {
        return Err(vm.type_error(format!("function takes at most 7 arguments ({} given)", details.len())));
    }
    if details.len() == 5 {
        return Err(vm.type_error("end_offset must be provided when end_lineno is provided"));
    }
    let mut details = details.into_iter();
    // `print_file_and_line` stands between `end_offset` and `_metadata`. What is not given now is not there any more.
    for place in [1, 2, 3, 4, 5, 6, 8] {
        store(this, place, details.next());
    }
    Ok(())
}

fn str(vm: &Vm, this: &Obj) -> PyResult {
    let message = match field(this, 0) {
        Some(message) => vm.text_of(&message)?,
        None => "None".to_owned(),
    };
    let file = field(this, 1).filter(|name| name.get::<Str>().is_some()).map(|name| vm.lossy(&name));
    let file = file.as_deref().map(|name| name.rsplit('/').next().unwrap_or(name));
    let line = field(this, 2).and_then(|line| line.get::<Int>().map(|line| line.0));
    let text = match (file, line) {
        (Some(file), Some(line)) => format!("{message} ({file}, line {line})"),
        (Some(file), None) => format!("{message} ({file})"),
        (None, Some(line)) => format!("{message} (line {line})"),
        (None, None) => message,
    };
    Ok(vm.str(&text))
}

impl Vm {
    /// The compiler's error as an exception.
    pub fn syntax_error(&self, error: &compile::SyntaxError) -> Raised {
        use compile::ErrorKind;
        let class = match error.kind {
            ErrorKind::Syntax => &self.types.syntax_error,
            ErrorKind::Indentation => &self.types.indentation_error,
            ErrorKind::Tab => &self.types.tab_error,
            ErrorKind::Incomplete => &self.types.incomplete_input_error,
            ErrorKind::Recursion => return self.recursion_error(&error.msg),
            ErrorKind::Memory => return self.memory_error(&error.msg),
            ErrorKind::Value => return self.value_error(&error.msg),
        };
        let number = |n: i32| self.int(i64::from(n));
        // Behind the parser nobody has the text any more: CPython reads the file again, if there is one (`PyErr_ProgramTextObject`).
        let is_known = error.parsed || self.host.read_file(std::path::Path::new(&error.filename)).is_ok();
        let text = error.text.as_deref().filter(|_| is_known).map_or_else(|| self.none(), |text| self.str(text));
        let place = self.tuple(vec![
            self.str(&error.filename),
            number(error.line),
            number(error.col),
            text,
            number(error.end_line),
            number(error.end_col),
        ]);
        match self.make_exception(class, &[self.str(&error.msg), place]) {
            Ok(exception) => Raised(exception),
            Err(raised) => raised,
        }
    }
}
