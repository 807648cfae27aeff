//! Builtin functions of text and streams: `ascii`, `format`, `repr`, `print`, `input`, `breakpoint`.

use compile::Version;
use heap::{Obj, Str};

use crate::class::Method;
use crate::{Args, Convention, PyResult, Signature, Vm, kinds};

pub(super) static FUNCTIONS: &[Method] = &[
    Method::new("ascii", |vm, _, args| vm.ascii(&args.all()[0]), Convention::One).signature("($module, obj, /)"),
    Method::new("breakpoint", breakpoint, Convention::Keywords).signature("($module, /, *args, **kws)"),
    Method::new("format", format, Convention::Positional).signature("($module, value, format_spec='', /)"),
    Method::new("input", input, Convention::Positional).signature("($module, prompt='', /)"),
    Method::new("print", print, Convention::Keywords).signature("($module, /, *args, sep=' ', end='\\n', file=None, flush=False)"),
    Method::new("repr", |vm, _, args| vm.repr(&args.all()[0]), Convention::One).signature("($module, obj, /)"),
];

fn format(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "format", 1, 2)?;
    match args.get(1) {
        None => vm.format(&args[0], &vm.consts.empty_str),
        Some(spec) if spec.get::<Str>().is_some() => vm.format(&args[0], spec),
        Some(spec) => Err(vm.type_error(format!("format() argument 2 must be str, not {}", vm.type_name(spec)))),
    }
}

fn breakpoint(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    match vm.sys_value("breakpointhook") {
        Some(hook) => vm.call_args(&hook, args),
        None => Err(vm.runtime_error("lost sys.breakpointhook")),
    }
}

impl Vm {
    /// A value of the `sys` module, as it is now.
    pub(crate) fn sys_value(&self, name: &str) -> Option<Obj> {
        self.dict_get_str(&self.sys.get()?, name)
    }
}

/// `sep` and `end`: a text, or nothing for the default.
fn separator<'a>(vm: &Vm, name: &str, value: Option<&'a Obj>) -> PyResult<Option<&'a Obj>> {
    match value {
        Some(value) if value.is(&vm.consts.none) => Ok(None),
        Some(value) if value.get::<Str>().is_none() => {
            Err(vm.type_error(format!("{name} must be None or a string, not {}", vm.type_name(value))))
        }
        value => Ok(value),
    }
}

fn print(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature =
        Signature { name: "print", params: &["sep", "end", "file", "flush"], positional_only: 0, positional: 0, required: 0 };
    let values = args.pos();
    let _tuple = vm.heap.passing_tuple(if vm.version < Version::V3_14 { values.len() } else { 0 });
    let [sep, end, file, flush] = if args.has_keywords() { args.bind_keywords(vm, &SIGNATURE)? } else { [None; 4] };
    let file = match file.filter(|file| !file.is(&vm.consts.none)) {
        Some(file) => file.clone(),
        None => match vm.sys_value("stdout") {
            Some(file) => file,
            None if vm.sys.is_empty() => {
                // Before there is a `sys`, what is printed goes straight out.
                let texts = values.iter().map(|value| vm.text_of(value)).collect::<PyResult<Vec<_>>>()?;
                let line = texts.join(" ") + "\n";
                return match vm.host.write(crate::host::Stream::Stdout, line.as_bytes()) {
                    Ok(()) => Ok(vm.none()),
                    Err(error) => Err(vm.runtime_error(error.to_string())),
                };
            }
            None => return Err(vm.runtime_error("lost sys.stdout")),
        },
    };
    // sys.stdout may be None when there is no stream.
    if file.is(&vm.consts.none) {
        return Ok(vm.none());
    }
    let (sep, end) = (separator(vm, "sep", sep)?, separator(vm, "end", end)?);
    // Of the plain text stream nobody can tell whether its method was looked up.
    let write = if vm.is_plain_text_stream(&file) { None } else { Some(vm.getattr_str(&file, "write")?) };
    // A collection that is due happens where the text is asked for: with the method looked up.
    let put = |value: &Obj| match &write {
        None => {
            let _write = vm.heap.passing(kinds::BUILTIN_FUNCTION);
            crate::modules::io::text::write(vm, &file, &vm.str_of(value)?).map(drop)
        }
        Some(write) => vm.call(write, &[vm.str_of(value)?]).map(drop),
    };
    for (i, value) in values.iter().enumerate() {
        if i > 0 {
            put(sep.unwrap_or(&vm.str(" ")))?;
        }
        put(value)?;
    }
    put(end.unwrap_or(&vm.str("\n")))?;
    drop(write);
    if let Some(flush) = flush
        && vm.is_true(flush)?
    {
        drop(vm.call_method(&file, "flush", &[])?);
    }
    Ok(vm.none())
}

fn input(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let prompt = args.check(vm, "input", 0, 1)?.first();
    for name in ["stdin", "stdout", "stderr"] {
        if vm.sys_value(name).is_none_or(|stream| stream.is(&vm.consts.none)) {
            return Err(vm.runtime_error(format!("input(): lost sys.{name}")));
        }
    }
    let text = prompt.map_or(Ok(String::new()), |prompt| vm.text_of(prompt))?;
    if let Some(answer) = vm.ask(&text, false) {
        return answer;
    }
    if let Some(stdout) = vm.sys_value("stdout") {
        if let Some(prompt) = prompt {
            let text = vm.str_of(prompt)?;
            drop(vm.call_method(&stdout, "write", &[text])?);
        }
        // A stream that cannot be flushed is no reason not to ask.
        drop(vm.call_method(&stdout, "flush", &[]));
    }
    let stdin = vm.sys_value("stdin").unwrap_or_else(|| vm.none());
    let line = vm.call_method(&stdin, "readline", &[])?;
    let Some(text) = line.get::<Str>() else { return Err(vm.type_error("object.readline() returned non-string")) };
    match text.as_bytes() {
        [] => Err(vm.eof_error("EOF when reading a line")),
        [line @ .., b'\n'] => Ok(vm.str_from_bytes(line)),
        _ => Ok(line.clone()),
    }
}

impl Vm {
    /// Asks the user for a line, if the host has a way of its own to ask.
    pub fn ask(&self, prompt: &str, hidden: bool) -> Option<PyResult> {
        self.flush_streams();
        let answer = self.host.ask(prompt, hidden)?;
        Some(answer.map(|line| self.str(&line)).map_err(|error| match error.kind() {
            std::io::ErrorKind::Interrupted => self.new_exception(&self.types.keyboard_interrupt, Vec::new()),
            std::io::ErrorKind::Unsupported => self.not_implemented_error(error.to_string()),
            _ => self.eof_error("EOF when reading a line"),
        }))
    }
}
