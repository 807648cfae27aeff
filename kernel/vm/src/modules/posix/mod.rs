//! `posix`: what `os` is built on: files, folders and the environment of the host (`Modules/posixmodule.c`).
//!
//! Paths and descriptors are here; classes of results and what is made of the functions here stand in `rest.py`.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use heap::{Bytes, Obj, Str};

use super::ModuleSpec;
use super::io::file::{is_terminal, read_fd, write_fd};
use crate::class::{Convention, Method};
use crate::host::{Files, Open, Stat};
use crate::{Args, PyResult, Raised, Signature, Vm};

pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "posix",
    functions: &[
        Method::new("getcwd", |vm, _, _| current(vm).map(|folder| vm.str(&folder)), Convention::NoArgs).signature("($module, /)"),
        Method::new("getcwdb", |vm, _, _| current(vm).map(|folder| vm.bytes(folder.as_bytes())), Convention::NoArgs)
            .signature("($module, /)"),
        Method::new("chdir", |vm, _, args| one_path(vm, "chdir", args, |files, path| files.set_current_dir(path)), Convention::Keywords)
            .signature("($module, /, path)"),
        Method::new("getpid", |vm, _, _| Ok(vm.int(vm.host.pid().into())), Convention::NoArgs).signature("($module, /)"),
        Method::new("getppid", |vm, _, _| Ok(vm.int(0)), Convention::NoArgs).signature("($module, /)"),
        Method::new("getuid", |vm, _, _| Ok(vm.int(1000)), Convention::NoArgs).signature("($module, /)"),
        Method::new("geteuid", |vm, _, _| Ok(vm.int(1000)), Convention::NoArgs).signature("($module, /)"),
        Method::new("getgid", |vm, _, _| Ok(vm.int(1000)), Convention::NoArgs).signature("($module, /)"),
        Method::new("getegid", |vm, _, _| Ok(vm.int(1000)), Convention::NoArgs).signature("($module, /)"),
        Method::new("cpu_count", |vm, _, _| Ok(vm.int(1)), Convention::NoArgs).signature("($module, /)"),
        Method::new("fspath", fspath, Convention::Keywords).signature("($module, /, path)"),
        Method::new("listdir", listdir, Convention::Keywords).signature("($module, /, path=None)"),
        Method::new("mkdir", mkdir, Convention::Keywords).signature("($module, /, path, mode=511, *, dir_fd=None)"),
        Method::new("rmdir", |vm, _, args| one_path(vm, "rmdir", args, |files, path| files.remove_dir(path)), Convention::Keywords)
            .signature("($module, /, path, *, dir_fd=None)"),
        Method::new("remove", |vm, _, args| one_path(vm, "remove", args, |files, path| files.remove_file(path)), Convention::Keywords)
            .signature("($module, /, path, *, dir_fd=None)"),
        Method::new("unlink", |vm, _, args| one_path(vm, "unlink", args, |files, path| files.remove_file(path)), Convention::Keywords)
            .signature("($module, /, path, *, dir_fd=None)"),
        Method::new(
            "rename",
            |vm, _, args| two_paths(vm, "rename", ["src", "dst"], args, |files, a, b| files.rename(a, b)),
            Convention::Keywords,
        )
        .signature("($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None)"),
        Method::new(
            "replace",
            |vm, _, args| two_paths(vm, "replace", ["src", "dst"], args, |files, a, b| files.rename(a, b)),
            Convention::Keywords,
        )
        .signature("($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None)"),
        Method::new(
            "link",
            |vm, _, args| two_paths(vm, "link", ["src", "dst"], args, |files, a, b| files.link(a, b)),
            Convention::Keywords,
        )
        .signature("($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None,\n     follow_symlinks=(os.name != 'nt'))"),
        Method::new(
            "symlink",
            |vm, _, args| two_paths(vm, "symlink", ["src", "dst"], args, |files, a, b| files.symlink(a, b)),
            Convention::Keywords,
        )
        .signature("($module, /, src, dst, target_is_directory=False, *, dir_fd=None)"),
        Method::new("readlink", readlink, Convention::Keywords).signature("($module, /, path, *, dir_fd=None)"),
        Method::new("chmod", chmod, Convention::Keywords)
            .signature("($module, /, path, mode, *, dir_fd=None,\n      follow_symlinks=(os.name != 'nt'))"),
        Method::new("urandom", urandom, Convention::One).signature("($module, size, /)"),
        Method::new("open", open, Convention::Keywords).signature("($module, /, path, flags, mode=511, *, dir_fd=None)"),
        Method::new("close", close, Convention::Keywords).signature("($module, /, fd)"),
        Method::new("read", read, Convention::Positional).signature("($module, fd, length, /)"),
        Method::new("write", write, Convention::Positional).signature("($module, fd, data, /)"),
        Method::new("lseek", lseek, Convention::Positional).signature("($module, fd, position, whence, /)"),
        Method::new("ftruncate", truncate, Convention::Positional).signature("($module, fd, length, /)"),
        Method::new("fsync", |vm, _, args| fd_call(vm, &args.pos()[0], |files, fd| files.sync(fd)), Convention::One)
            .signature("($module, /, fd)"),
        Method::new("fdatasync", |vm, _, args| fd_call(vm, &args.pos()[0], |files, fd| files.sync(fd)), Convention::One)
            .signature("($module, /, fd)"),
        Method::new("isatty", |vm, _, args| Ok(vm.bool(is_terminal(vm, vm.index_c_int(&args.pos()[0])?))), Convention::One)
            .signature("($module, fd, /)"),
        Method::new("dup", dup, Convention::One).signature("($module, fd, /)"),
        Method::new("strerror", |vm, _, args| Ok(vm.str(&super::errno::strerror(vm.index_isize(&args.pos()[0])? as i64))), Convention::One)
            .signature("($module, code, /)"),
        Method::new("umask", |vm, _, _| Ok(vm.int(0o22)), Convention::One).signature("($module, mask, /)"),
        Method::new("_stat", stat, Convention::Positional),
        Method::new("_utime", utime, Convention::Positional),
        Method::new("_cpu_seconds", |vm, _, _| Ok(vm.float(vm.host.cpu_time().as_secs_f64())), Convention::NoArgs),
        Method::new("_now", |vm, _, _| Ok(vm.int(vm.host.now().as_nanos() as i64)), Convention::NoArgs),
        Method::new("_exit", exit, Convention::Keywords).signature("($module, /, status)"),
    ],
    init: |vm, module| {
        let dict = vm.module_dict(module);
        vm.dict_set_str(&dict, "error", vm.types.os_error.clone());
        for (name, value) in CONSTANTS {
            vm.dict_set_str(&dict, name, vm.int(*value));
        }
        let environ = vm.dict();
        for (name, value) in vm.host.env() {
            vm.dict_set(&environ, &vm.bytes(name.as_bytes()), vm.bytes(value.as_bytes()))?;
        }
        vm.dict_set_str(&dict, "environ", environ);
        vm.exec_text(include_str!("rest.py"), "<posix>", &dict).map(drop)
    },
};

#[rustfmt::skip]
const CONSTANTS: &[(&str, i64)] = &[
    ("F_OK", 0), ("R_OK", 4), ("W_OK", 2), ("X_OK", 1), ("O_RDONLY", 0), ("O_WRONLY", 1), ("O_RDWR", 2), ("O_ACCMODE", 3), ("O_CREAT", 0o100),
    ("O_EXCL", 0o200), ("O_TRUNC", 0o1000), ("O_APPEND", 0o2000), ("O_NONBLOCK", 0o4000), ("O_SYNC", 0o4_010_000), ("O_DIRECTORY", 0o200_000),
    ("O_NOFOLLOW", 0o400_000), ("O_CLOEXEC", 0o2_000_000), ("O_TMPFILE", 0o20_200_000), ("EX_OK", 0), ("EX_USAGE", 64), ("EX_DATAERR", 65),
    ("EX_NOINPUT", 66), ("EX_UNAVAILABLE", 69), ("EX_SOFTWARE", 70), ("EX_OSERR", 71), ("EX_IOERR", 74), ("EX_TEMPFAIL", 75), ("EX_NOPERM", 77),
    ("EX_CONFIG", 78), ("TMP_MAX", 238_328), ("NGROUPS_MAX", 65_536), ("WNOHANG", 1), ("SEEK_DATA", 3), ("SEEK_HOLE", 4),
];

fn current(vm: &Vm) -> PyResult<String> {
    let folder = vm.host.files().current_dir().map_err(|error| vm.os_error(&error, None))?;
    Ok(folder.to_string_lossy().into_owned())
}

fn fspath(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature = Signature { name: "fspath", params: &["path"], positional_only: 0, positional: 1, required: 1 };
    let [path] = args.bind(vm, &SIGNATURE)?;
    let path = path.expect("a required parameter is there");
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

/// The positional and keyword arguments of a function of paths: those behind the named ones (`dir_fd` …) must be `None` or as they are.
fn paths<'a, const N: usize>(vm: &Vm, name: &'static str, params: [&'static str; N], args: Args<'a>) -> PyResult<[&'a Obj; N]> {
    let mut found: [Option<&Obj>; N] = [None; N];
    for (place, value) in found.iter_mut().zip(args.pos()) {
        *place = Some(value);
    }
    for (key, value) in args.keywords() {
        if let Some(i) = params.iter().position(|param| vm.lossy(key) == *param) {
            found[i] = Some(value);
        }
    }
    for (i, place) in found.iter().enumerate() {
        if place.is_none() {
            return Err(vm.type_error(format!("{name}() missing required argument '{}' (pos {})", params[i], i + 1)));
        }
    }
    Ok(found.map(|place| place.expect("each was checked")))
}

fn one_path(vm: &Vm, name: &'static str, args: Args<'_>, act: impl FnOnce(&dyn Files, &PathBuf) -> io::Result<()>) -> PyResult {
    let [path] = paths(vm, name, ["path"], args)?;
    let text = PathBuf::from(vm.path_text(path, name)?);
    act(vm.host.files(), &text).map_err(|error| vm.os_error(&error, Some(path)))?;
    Ok(vm.none())
}

fn two_paths(
    vm: &Vm,
    name: &'static str,
    params: [&'static str; 2],
    args: Args<'_>,
    act: impl FnOnce(&dyn Files, &PathBuf, &PathBuf) -> io::Result<()>,
) -> PyResult {
    let [from, to] = paths(vm, name, params, args)?;
    let (a, b) = (PathBuf::from(vm.path_text(from, name)?), PathBuf::from(vm.path_text(to, name)?));
    act(vm.host.files(), &a, &b).map_err(|error| vm.os_error_two(&error, Some(from), Some(to)))?;
    Ok(vm.none())
}

fn listdir(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let dot = vm.str(".");
    let given = args.all().first().filter(|path| !path.is(&vm.consts.none)).unwrap_or(&dot);
    let path = vm.path_text(given, "listdir")?;
    let names = vm.host.files().read_dir(path.as_ref()).map_err(|error| vm.os_error(&error, Some(given)))?;
    let as_bytes = given.get::<Bytes>().is_some();
    Ok(vm.list(names.iter().map(|name| if as_bytes { vm.bytes(name.as_bytes()) } else { vm.str(name) }).collect()))
}

fn mode_of(vm: &Vm, given: Option<&Obj>, default: u32) -> PyResult<u32> {
    given.map_or(Ok(default), |mode| vm.index_isize(mode).map(|mode| mode as u32))
}

fn mkdir(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature =
        Signature { name: "mkdir", params: &["path", "mode", "dir_fd"], positional_only: 0, positional: 2, required: 1 };
    let [path, mode, _] = args.bind(vm, &SIGNATURE)?;
    let path = path.expect("a required parameter is there");
    let text = vm.path_text(path, "mkdir")?;
    let mode = mode_of(vm, mode, 0o777)?;
    vm.host.files().make_dir(text.as_ref(), mode).map_err(|error| vm.os_error(&error, Some(path)))?;
    Ok(vm.none())
}

fn chmod(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [path, mode] = paths(vm, "chmod", ["path", "mode"], args)?;
    let text = vm.path_text(path, "chmod")?;
    let mode = mode_of(vm, Some(mode), 0)?;
    vm.host.files().set_permissions(text.as_ref(), mode).map_err(|error| vm.os_error(&error, Some(path)))?;
    Ok(vm.none())
}

fn readlink(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [path] = paths(vm, "readlink", ["path"], args)?;
    let text = vm.path_text(path, "readlink")?;
    let target = vm.host.files().read_link(text.as_ref()).map_err(|error| vm.os_error(&error, Some(path)))?;
    Ok(vm.str(&target.to_string_lossy()))
}

/// `_stat(path_or_fd, follow)`: the nineteen fields of a `stat_result`.
fn stat(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [path, follow] = args.check(vm, "_stat", 2, 2)? else { unreachable!("two arguments were checked") };
    let files = vm.host.files();
    let found = if vm.has_index(path) {
        files.fstat(vm.index_c_int(path)?).map_err(|error| vm.os_error(&error, None))
    } else {
        let text = vm.path_text(path, "stat")?;
        files.stat(text.as_ref(), vm.is_true(follow)?).map_err(|error| vm.os_error(&error, Some(path)))
    };
    found.map(|stat| fields(vm, &stat))
}

fn fields(vm: &Vm, stat: &Stat) -> Obj {
    let n = |n: u64| vm.uint(n);
    let times = [stat.atime, stat.mtime, stat.ctime];
    let mut all =
        vec![n(stat.mode.0.into()), n(stat.ino), n(stat.dev), n(stat.nlink), n(stat.uid.into()), n(stat.gid.into()), n(stat.size)];
    all.extend(times.iter().map(|time| n(time.as_secs())));
    all.extend(times.iter().map(|time| vm.float(time.as_secs_f64())));
    all.extend(times.iter().map(|time| vm.int(time.as_nanos() as i64)));
    all.extend([n(4096), n(stat.size.div_ceil(4096) * 8), n(0)]);
    vm.tuple(all)
}

fn utime(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [path, accessed, modified] = args.check(vm, "_utime", 3, 3)? else { unreachable!("three arguments were checked") };
    let text = vm.path_text(path, "utime")?;
    let time = |nanos: &Obj| vm.index_isize(nanos).map(|nanos| Duration::from_nanos(nanos.max(0) as u64));
    let (accessed, modified) = (time(accessed)?, time(modified)?);
    vm.host.files().set_times(text.as_ref(), accessed, modified).map_err(|error| vm.os_error(&error, Some(path)))?;
    Ok(vm.none())
}

fn urandom(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let Ok(size) = usize::try_from(vm.index_isize(&args.pos()[0])?) else { return Err(vm.value_error("negative argument not allowed")) };
    let mut data = vec![0; size];
    vm.host.random(&mut data).map_err(|error| vm.os_error(&error, None))?;
    Ok(vm.bytes(&data))
}

// Descriptors.

fn open(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature =
        Signature { name: "open", params: &["path", "flags", "mode", "dir_fd"], positional_only: 0, positional: 3, required: 2 };
    let [path, flags, mode, _] = args.bind(vm, &SIGNATURE)?;
    let (path, flags) = (path.expect("a required parameter is there"), flags.expect("a required parameter is there"));
    let text = vm.path_text(path, "open")?;
    let (how, mode) = (Open::from_flags(vm.index_c_int(flags)?), mode_of(vm, mode, 0o777)?);
    let fd = vm.host.files().open(text.as_ref(), how, mode).map_err(|error| vm.os_error(&error, Some(path)))?;
    Ok(vm.int(fd.into()))
}

fn fd_call(vm: &Vm, fd: &Obj, act: impl FnOnce(&dyn Files, i32) -> io::Result<()>) -> PyResult {
    let fd = vm.index_c_int(fd)?;
    act(vm.host.files(), fd).map_err(|error| vm.os_error(&error, None))?;
    Ok(vm.none())
}

fn close(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [fd] = paths(vm, "close", ["fd"], args)?;
    fd_call(vm, fd, |files, fd| files.close(fd))
}

fn read(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let given = args.check(vm, "read", 2, 2)?;
    let fd = vm.index_c_int(&given[0])?;
    let Ok(n) = usize::try_from(vm.index_isize(&given[1])?) else {
        return Err(vm.os_error(&io::Error::from_raw_os_error(22), None));
    };
    Ok(vm.bytes(&read_fd(vm, fd, n)?))
}

fn write(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let given = args.check(vm, "write", 2, 2)?;
    let (fd, data) = (vm.index_c_int(&given[0])?, vm.need_bytes(&given[1])?);
    Ok(vm.int(write_fd(vm, fd, &data)? as i64))
}

fn lseek(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let given = args.check(vm, "lseek", 3, 3)?;
    let (fd, offset, whence) = (vm.index_c_int(&given[0])?, vm.index_isize(&given[1])? as i64, vm.index_c_int(&given[2])?);
    let at = vm.host.files().seek(fd, offset, whence).map_err(|error| vm.os_error(&error, None))?;
    Ok(vm.uint(at))
}

fn truncate(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let given = args.check(vm, "ftruncate", 2, 2)?;
    let size = vm.index_isize(&given[1])?.max(0) as u64;
    fd_call(vm, &given[0], |files, fd| files.truncate(fd, size))
}

fn dup(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let fd = vm.index_c_int(&args.pos()[0])?;
    let other = vm.host.files().dup(fd).map_err(|error| vm.os_error(&error, None))?;
    Ok(vm.int(other.into()))
}

fn exit(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [status] = paths(vm, "_exit", ["status"], args)?;
    let status = vm.index_isize(status)?;
    Err(Raised(vm.make_exception(&vm.types.system_exit, &[vm.int(status as i64)])?))
}
