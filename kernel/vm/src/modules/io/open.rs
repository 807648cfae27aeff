//! `open`: the layers of streams that a mode asks for (`Modules/_io/_iomodule.c`).

use heap::{Bytes, Obj, Str};

use crate::{Args, PyResult, Signature, Vm};

/// What the letters of a mode ask for.
#[derive(Default)]
struct Wanted {
    creating: bool,
    reading: bool,
    writing: bool,
    appending: bool,
    updating: bool,
    text: bool,
    binary: bool,
}

fn parse(vm: &Vm, mode: &str) -> PyResult<Wanted> {
    let mut wanted = Wanted::default();
    let mut bad = false;
    for (i, letter) in mode.char_indices() {
        // No letter comes twice.
        bad |= mode[..i].contains(letter);
        match letter {
            'x' => wanted.creating = true,
            'r' => wanted.reading = true,
            'w' => wanted.writing = true,
            'a' => wanted.appending = true,
            '+' => wanted.updating = true,
            't' => wanted.text = true,
            'b' => wanted.binary = true,
            _ => bad = true,
        }
    }
    if bad {
        return Err(vm.value_error(format!("invalid mode: '{mode}'")));
    }
    Ok(wanted)
}

pub(super) fn open(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature = Signature {
        name: "open",
        params: &["file", "mode", "buffering", "encoding", "errors", "newline", "closefd", "opener"],
        positional_only: 0,
        positional: 8,
        required: 1,
    };
    let [file, mode, buffering, encoding, errors, newline, closefd, opener] = args.bind(vm, &SIGNATURE)?;
    let file = file.expect("a required parameter is there");
    let mode_obj = mode.cloned().unwrap_or_else(|| vm.str("r"));
    if mode_obj.get::<Str>().is_none() {
        return Err(vm.type_error(format!("open() argument 'mode' must be str, not {}", vm.type_name(&mode_obj))));
    }
    for (name, given) in [("encoding", encoding), ("errors", errors), ("newline", newline)] {
        if let Some(given) = given.filter(|given| !given.is(&vm.consts.none) && given.get::<Str>().is_none()) {
            return Err(vm.type_error(format!("open() argument '{name}' must be str or None, not {}", vm.type_name(given))));
        }
    }
    let mode = vm.lossy(&mode_obj);
    let buffering = buffering.map_or(Ok(-1), |size| vm.index_c_int(size))?;
    let path = if vm.has_index(file) || file.get::<Str>().is_some() || file.get::<Bytes>().is_some() {
        file.clone()
    } else {
        let Some(method) = vm.lookup_special(file, "__fspath__")? else {
            return Err(vm.type_error(format!("expected str, bytes or os.PathLike object, not {}", vm.type_name(file))));
        };
        vm.call(&method, &[])?
    };
    let wanted = parse(vm, &mode)?;
    if wanted.text && wanted.binary {
        return Err(vm.value_error("can't have text and binary mode at once"));
    }
    if [wanted.creating, wanted.reading, wanted.writing, wanted.appending].iter().filter(|on| **on).count() > 1 {
        return Err(vm.value_error("must have exactly one of create/read/write/append mode"));
    }
    if wanted.binary {
        for (name, given) in [("an encoding", encoding), ("an errors", errors), ("a newline", newline)] {
            if given.is_some_and(|given| !given.is(&vm.consts.none)) {
                return Err(vm.value_error(format!("binary mode doesn't take {name} argument")));
            }
        }
        if buffering == 1 {
            let text = "line buffering (buffering=1) isn't supported in binary mode, the default buffer size will be used";
            vm.warn(&vm.types.runtime_warning, text)?;
        }
    }
    let raw_mode: String = mode.chars().filter(|letter| *letter != 't' && *letter != 'b').collect();
    let raw = vm.call(
        &vm.types.file_io,
        &[path, vm.str(&raw_mode), closefd.cloned().unwrap_or_else(|| vm.bool(true)), opener.cloned().unwrap_or_else(|| vm.none())],
    )?;
    let layered = layers(vm, &raw, &wanted, &mode_obj, buffering, [encoding, errors, newline]);
    if layered.is_err() {
        // The first error is the one to tell.
        drop(vm.call_method(&raw, "close", &[]));
    }
    layered
}

fn layers(vm: &Vm, raw: &Obj, wanted: &Wanted, mode: &Obj, buffering: i32, text: [Option<&Obj>; 3]) -> PyResult {
    let terminal = buffering < 0 && vm.is_true(&vm.call_method(raw, "_isatty_open_only", &[])?)?;
    let line_buffering = !wanted.binary && (buffering == 1 || terminal);
    if buffering == 0 {
        return if wanted.binary { Ok(raw.clone()) } else { Err(vm.value_error("can't have unbuffered text I/O")) };
    }
    let class = match wanted {
        Wanted { updating: true, .. } => &vm.types.buffered_random,
        Wanted { reading: true, .. } => &vm.types.buffered_reader,
        _ => &vm.types.buffered_writer,
    };
    let buffer =
        if buffering > 1 { vm.call(class, &[raw.clone(), vm.int(buffering.into())])? } else { vm.call(class, std::slice::from_ref(raw))? };
    if wanted.binary {
        return Ok(buffer);
    }
    let or_none = |given: Option<&Obj>| given.cloned().unwrap_or_else(|| vm.none());
    let [encoding, errors, newline] = text.map(or_none);
    let wrapper = vm.call(&vm.types.text_io, &[buffer, encoding, errors, newline, vm.bool(line_buffering)])?;
    vm.setattr_str(&wrapper, "mode", Some(mode))?;
    Ok(wrapper)
}
