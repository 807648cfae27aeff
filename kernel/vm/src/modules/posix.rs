//! `posix`: what `os` is built on, as far as the host goes (`Modules/posixmodule.c`).

use std::path::{Path, PathBuf};

use heap::{Bytes, Obj, Str};

use super::ModuleSpec;
use crate::class::{Convention, Method};
use crate::{Args, PyResult, Raised, Vm};

pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "posix",
    functions: &[
        Method::new(
            "getcwd",
            |vm, _, _| vm.host.current_dir().map(|folder| vm.str(&folder)).map_err(|error| vm.os_error(&error, None)),
            Convention::NoArgs,
        ),
        Method::new("getpid", |vm, _, _| Ok(vm.int(i64::from(std::process::id()))), Convention::NoArgs),
        Method::new("cpu_count", |vm, _, _| Ok(vm.int(1)), Convention::NoArgs),
        Method::new("fspath", fspath, Convention::One),
        Method::new("listdir", listdir, Convention::Positional),
        Method::new("mkdir", mkdir, Convention::Positional),
        Method::new("remove", remove, Convention::One),
        Method::new("unlink", remove, Convention::One),
        Method::new("urandom", urandom, Convention::One),
        Method::new("_path_exists", |vm, _, args| Ok(vm.bool(kind_of(vm, &args.pos()[0]).is_some())), Convention::One),
        Method::new("_path_isfile", |vm, _, args| Ok(vm.bool(kind_of(vm, &args.pos()[0]) == Some(false))), Convention::One),
        Method::new("_path_isdir", |vm, _, args| Ok(vm.bool(kind_of(vm, &args.pos()[0]) == Some(true))), Convention::One),
        Method::new(
            "_exit",
            |vm, _, args| {
                let status = vm.index_isize(&args.pos()[0])?;
                vm.flush_streams();
                Err(Raised(vm.make_exception(&vm.types.system_exit, &[vm.int(status as i64)])?))
            },
            Convention::One,
        ),
    ],
    init: |vm, module| {
        let dict = vm.module_dict(module);
        vm.dict_set_str(&dict, "error", vm.types.os_error.clone());
        vm.dict_set_str(&dict, "_have_functions", vm.list(Vec::new()));
        for (name, value) in [
            ("F_OK", 0),
            ("R_OK", 4),
            ("W_OK", 2),
            ("X_OK", 1),
            ("O_RDONLY", 0),
            ("O_WRONLY", 1),
            ("O_RDWR", 2),
            ("O_CREAT", 64),
            ("O_EXCL", 128),
            ("O_TRUNC", 512),
            ("O_APPEND", 1024),
        ] {
            vm.dict_set_str(&dict, name, vm.int(value));
        }
        let environ = vm.dict();
        for (name, value) in vm.host.env() {
            vm.dict_set(&environ, &vm.bytes(name.as_bytes()), vm.bytes(value.as_bytes()))?;
        }
        vm.dict_set_str(&dict, "environ", environ);
        vm.exec_text(REST, "<posix>", &vm.module_dict(module)).map(drop)
    },
};

fn fspath(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let path = &args.pos()[0];
    if path.get::<Str>().is_some() || path.get::<Bytes>().is_some() {
        return Ok(path.clone());
    }
    let wrong = || vm.type_error(format!("expected str, bytes or os.PathLike object, not {}", vm.type_name(path)));
    let method = vm.lookup_special(path, "__fspath__")?.ok_or_else(wrong)?;
    let found = vm.call(&method, &[])?;
    if found.get::<Str>().is_some() || found.get::<Bytes>().is_some() {
        return Ok(found);
    }
    Err(vm.type_error(format!("expected {}.__fspath__() to return str or bytes, not {}", vm.type_name(path), vm.type_name(&found))))
}

fn path_of(vm: &Vm, path: &Obj) -> PyResult<PathBuf> {
    let found = fspath(vm, path, Args::positional(std::slice::from_ref(path)))?;
    Ok(match found.get::<Bytes>() {
        Some(bytes) => PathBuf::from(String::from_utf8_lossy(bytes.as_bytes()).into_owned()),
        None => PathBuf::from(vm.lossy(&found)),
    })
}

/// Whether a path is a folder; nothing if nothing is there.
fn kind_of(vm: &Vm, path: &Obj) -> Option<bool> {
    path_of(vm, path).ok().and_then(|path| vm.host.stat(&path))
}

fn listdir(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let given = args.check(vm, "listdir", 0, 1)?.first().filter(|path| !path.is(&vm.consts.none));
    let path = given.map_or(Ok(Path::new(".").to_owned()), |path| path_of(vm, path))?;
    let names = vm.host.list_dir(&path).map_err(|error| vm.os_error(&error, given))?;
    Ok(vm.list(names.iter().map(|name| vm.str(name)).collect()))
}

fn mkdir(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let given = args.check(vm, "mkdir", 1, 2)?;
    vm.host.make_dir(&path_of(vm, &given[0])?).map_err(|error| vm.os_error(&error, given.first()))?;
    Ok(vm.none())
}

fn remove(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let path = &args.pos()[0];
    vm.host.remove_file(&path_of(vm, path)?).map_err(|error| vm.os_error(&error, Some(path)))?;
    Ok(vm.none())
}

fn urandom(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let Ok(size) = usize::try_from(vm.index_isize(&args.pos()[0])?) else { return Err(vm.value_error("negative argument not allowed")) };
    let mut data = vec![0; size];
    vm.host.random(&mut data).map_err(|error| vm.os_error(&error, None))?;
    Ok(vm.bytes(&data))
}

/// What `os` must find when it is imported, in terms of the functions above.
const REST: &str = r#"
F_OK, R_OK, W_OK, X_OK = 0, 4, 2, 1
O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_EXCL, O_TRUNC, O_APPEND = 0, 1, 2, 64, 128, 512, 1024


class stat_result(tuple):
    st_mode, st_ino, st_dev, st_nlink, st_uid, st_gid, st_size, st_atime, st_mtime, st_ctime = (
        property(lambda self, i=i: self[i]) for i in range(10))


class terminal_size(tuple):
    columns, lines = property(lambda self: self[0]), property(lambda self: self[1])


def stat(path, *, dir_fd=None, follow_symlinks=True):
    if not _path_exists(path):
        raise FileNotFoundError(2, "No such file or directory", path)
    if _path_isdir(path):
        return stat_result((0o40755, 0, 0, 1, 0, 0, 4096, 0, 0, 0))
    from _io import open
    with open(path, "rb") as file:
        size = len(file.read())
    return stat_result((0o100644, 0, 0, 1, 0, 0, size, 0, 0, 0))


def lstat(path, *, dir_fd=None):
    return stat(path)


def access(path, mode, *, dir_fd=None, effective_ids=False, follow_symlinks=True):
    return _path_exists(path)


def open(path, flags, mode=0o777, *, dir_fd=None):
    raise OSError(38, "Function not implemented", path)


def scandir(path="."):
    raise OSError(38, "Function not implemented", path)


def getppid():
    return 0


def strerror(number):
    return {2: "No such file or directory", 13: "Permission denied", 17: "File exists"}.get(number, f"Unknown error {number}")


def get_terminal_size(fd=1):
    return terminal_size((80, 24))


def putenv(name, value):
    pass


def unsetenv(name):
    pass
"#;
