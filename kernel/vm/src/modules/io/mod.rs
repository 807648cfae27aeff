//! `_io`: streams (`Modules/_io`). The standard streams go through the host; those in memory, and files, are told in `streams.py`.

mod standard;

use std::path::Path;

use super::ModuleSpec;
use crate::class::{Convention, Method};
use crate::{Args, PyResult, Vm};

pub(crate) use standard::{STANDARD_STREAM, StandardStream, standard_stream};

fn path(vm: &Vm, args: &Args<'_>) -> String {
    args.get(0).map(|path| vm.lossy(path)).unwrap_or_default()
}

fn failed(vm: &Vm, error: &std::io::Error, path: &str) -> crate::Raised {
    let (class, number, text) = match error.kind() {
        std::io::ErrorKind::NotFound => (&vm.types.file_not_found_error, 2, "No such file or directory"),
        std::io::ErrorKind::PermissionDenied => (&vm.types.permission_error, 13, "Permission denied"),
        std::io::ErrorKind::IsADirectory => (&vm.types.is_a_directory_error, 21, "Is a directory"),
        _ => (&vm.types.os_error, 5, "Input/output error"),
    };
    match vm.make_exception(class, &[vm.int(number), vm.str(text), vm.str(path)]) {
        Ok(made) => crate::Raised(made),
        Err(raised) => raised,
    }
}

fn read_file(vm: &Vm, _: &heap::Obj, args: Args<'_>) -> PyResult {
    let path = path(vm, &args);
    match vm.host.read_file(Path::new(&path)) {
        Ok(data) => Ok(vm.bytes(&data)),
        Err(error) => Err(failed(vm, &error, &path)),
    }
}

fn write_file(vm: &Vm, _: &heap::Obj, args: Args<'_>) -> PyResult {
    let args_checked = args.check(vm, "_write_file", 3, 3)?;
    let (path, data) = (path(vm, &args), vm.need_bytes(&args_checked[1])?);
    match vm.host.write_file(Path::new(&path), &data, vm.is_true(&args_checked[2])?) {
        Ok(()) => Ok(vm.none()),
        Err(error) => Err(failed(vm, &error, &path)),
    }
}

/// `_io`.
pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "_io",
    functions: &[Method::new("_read_file", read_file, Convention::One), Method::new("_write_file", write_file, Convention::Positional)],
    init: |vm, module| {
        let dict = vm.module_dict(module);
        vm.exec_text(include_str!("streams.py"), "<_io>", &dict).map(drop)
    },
};
