//! `_struct`: values to bytes and back by a format (`Modules/_struct.c`).

mod format;
pub(crate) mod item;

use std::cell::{Cell, RefCell};

use heap::{Bytes, Kind, Obj, Slot};

pub(crate) use self::format::Format;
use super::ModuleSpec;
use crate::class::{ClassSpec, Convention, GetSet, Method, flags};
use crate::objects::leaf;
use crate::{Args, PyResult, Raised, Signature, Vm, kinds};

const KIND: Kind = Kind(kinds::MODULES.0 + 100);
const ITERATOR_KIND: Kind = Kind(kinds::MODULES.0 + 101);

/// The payload of a `Struct`.
pub(crate) struct Struct {
    text: RefCell<String>,
    format: RefCell<std::rc::Rc<Format>>,
}
crate::payload!(Struct, KIND, {});

/// The payload of what `iter_unpack` gives.
pub(crate) struct UnpackIterator {
    structure: Slot,
    buffer: Slot,
    at: Cell<usize>,
}
crate::payload!(UnpackIterator, ITERATOR_KIND, { structure, buffer });

pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "_struct",
    functions: &[
        Method::new(
            "_clearcache",
            |vm, _, _| {
                vm.state.structs.borrow_mut().clear();
                Ok(vm.none())
            },
            Convention::NoArgs,
        )
        .signature("($module, /)"),
        Method::new(
            "calcsize",
            |vm, _, args| {
                let format = format_of(vm, &args.pos()[0])?;
                Ok(vm.uint(format.size as u64))
            },
            Convention::One,
        )
        .signature("($module, format, /)"),
        Method::new(
            "iter_unpack",
            |vm, _, args| {
                let args = args.check(vm, "iter_unpack", 2, 2)?;
                let structure = structure(vm, &args[0])?;
                iter_unpack(vm, &structure, Args::positional(&args[1..]))
            },
            Convention::Positional,
        )
        .signature("($module, format, buffer, /)"),
        Method::new("pack", |vm, _, args| with_format(vm, args, pack), Convention::Positional),
        Method::new("pack_into", |vm, _, args| with_format(vm, args, pack_into), Convention::Positional),
        Method::new(
            "unpack",
            |vm, _, args| {
                let args = args.check(vm, "unpack", 2, 2)?;
                unpack(vm, &*format_of(vm, &args[0])?, &args[1])
            },
            Convention::Positional,
        )
        .signature("($module, format, buffer, /)"),
        Method::new(
            "unpack_from",
            |vm, _, args| {
                static SIGNATURE: Signature =
                    Signature { name: "unpack_from", params: &["", "buffer", "offset"], positional_only: 1, positional: 3, required: 2 };
                let [format, buffer, offset] = args.bind(vm, &SIGNATURE)?;
                let format = format_of(vm, format.unwrap_or(&vm.consts.none))?;
                unpack_from(vm, &format, buffer, offset)
            },
            Convention::Keywords,
        )
        .signature("($module, format, /, buffer, offset=0)"),
    ],
    init: |vm, module| {
        vm.add_exception(module, "struct", "error", &vm.types.exception)?;
        vm.add_class(module, "Struct", &vm.types.struct_);
        Ok(())
    },
};

pub(crate) static STRUCT: ClassSpec = ClassSpec {
    name: "_struct.Struct",
    base: None,
    kind: KIND,
    flags: flags::CONTAINER | flags::WEAKREFS | flags::MODULE_TYPE,
    slots: |s| {
        s.new.set(Some(|vm, class, args| {
            static SIGNATURE: Signature = Signature { name: "Struct", params: &["format"], positional_only: 0, positional: 1, required: 1 };
            let (text, format) = if class.is(&vm.types.struct_) {
                let [format] = args.bind(vm, &SIGNATURE)?;
                read(vm, format.unwrap_or(&vm.consts.none))?
            } else {
                (String::new(), Format::parse(vm, b"")?)
            };
            Ok(vm.new_object(class, Struct { text: RefCell::new(text), format: RefCell::new(format.into()) }))
        }));
        s.init.set(Some(|vm, this, args| {
            static SIGNATURE: Signature = Signature { name: "Struct", params: &["format"], positional_only: 0, positional: 1, required: 1 };
            let [format] = args.bind(vm, &SIGNATURE)?;
            let (text, format) = read(vm, format.unwrap_or(&vm.consts.none))?;
            *own(this).text.borrow_mut() = text;
            *own(this).format.borrow_mut() = format.into();
            Ok(())
        }));
        s.repr.set(Some(|vm, this| {
            let name = vm.class(&vm.class_of(this)).name.get().map(|name| vm.lossy(&name)).unwrap_or_default();
            let text = vm.str(&own(this).text.borrow());
            Ok(vm.str(&format!("{name}({})", vm.repr_text(&text)?)))
        }));
    },
    methods: &[
        Method::new("iter_unpack", iter_unpack, Convention::One).signature("($self, buffer, /)"),
        Method::new("pack", |vm, this, args| pack(vm, &own(this).format(), args), Convention::Positional),
        Method::new("pack_into", |vm, this, args| pack_into(vm, &own(this).format(), args), Convention::Positional),
        Method::new("unpack", |vm, this, args| unpack(vm, &own(this).format(), &args.pos()[0]), Convention::One)
            .signature("($self, buffer, /)"),
        Method::new(
            "unpack_from",
            |vm, this, args| {
                static SIGNATURE: Signature =
                    Signature { name: "unpack_from", params: &["buffer", "offset"], positional_only: 0, positional: 2, required: 1 };
                let [buffer, offset] = args.bind(vm, &SIGNATURE)?;
                unpack_from(vm, &own(this).format(), buffer, offset)
            },
            Convention::Keywords,
        )
        .signature("($self, /, buffer, offset=0)"),
        Method::new(
            "__sizeof__",
            // A code takes 32 bytes, and one marks the end.
            |vm, this, _| Ok(vm.uint(56 + 32 * (own(this).format().codes.len() as u64 + 1))),
            Convention::NoArgs,
        )
        .signature("($self, /)"),
    ],
    getset: &[
        GetSet::new("format", |vm, this| Ok(vm.str(&own(this).text.borrow()))),
        GetSet::new("size", |vm, this| Ok(vm.uint(own(this).format().size as u64))),
    ],
    basicsize: 56,
    itemsize: 0,
    doc: "",
};

pub(crate) static UNPACK_ITERATOR: ClassSpec = ClassSpec {
    name: "_struct.unpack_iterator",
    base: None,
    kind: ITERATOR_KIND,
    flags: flags::HAVE_GC | flags::MODULE_TYPE,
    slots: |s| {
        s.iter.set(Some(|_, this| Ok(this.clone())));
        s.iternext.set(Some(|vm, this| {
            let iterator = this.get::<UnpackIterator>().expect("an iterator's method is called on one");
            let (Some(structure), Some(buffer)) = (iterator.structure.get(), iterator.buffer.get()) else { return Ok(None) };
            let format = own(&structure).format();
            let at = iterator.at.get();
            match vm.with_bytes(&buffer, |data| data.get(at..at + format.size).map(<[u8]>::to_vec))? {
                Some(raw) => {
                    iterator.at.set(at + format.size);
                    Ok(Some(unpacked(vm, &format, &raw)))
                }
                None => {
                    drop((iterator.structure.take(), iterator.buffer.take()));
                    Ok(None)
                }
            }
        }));
    },
    methods: &[Method::new(
        "__length_hint__",
        |vm, this, _| {
            let iterator = this.get::<UnpackIterator>().expect("an iterator's method is called on one");
            let (Some(structure), Some(buffer)) = (iterator.structure.get(), iterator.buffer.get()) else { return Ok(vm.int(0)) };
            let left = vm.need_bytes(&buffer)?.len().saturating_sub(iterator.at.get());
            Ok(vm.uint((left / own(&structure).format().size.max(1)) as u64))
        },
        Convention::NoArgs,
    )],
    getset: &[],
    basicsize: 40,
    itemsize: 0,
    doc: "",
};

fn own(this: &Obj) -> &Struct {
    this.get::<Struct>().expect("a method of a Struct is called on one")
}

impl Struct {
    fn format(&self) -> std::rc::Rc<Format> {
        self.format.borrow().clone()
    }
}

fn error(vm: &Vm, message: impl Into<String>) -> Raised {
    vm.module_error("_struct", "error", message)
}

/// The text of a format, and the format.
fn read(vm: &Vm, given: &Obj) -> PyResult<(String, Format)> {
    let data = if leaf::text(given).is_some() {
        let encoded = vm.encode(given, Some(&vm.str("ascii")), None)?;
        encoded.get::<Bytes>().map(|data| data.as_bytes().to_vec()).unwrap_or_default()
    } else if let Some(bytes) = given.get::<Bytes>() {
        bytes.as_bytes().to_vec()
    } else {
        return Err(vm.type_error(format!("Struct() argument 1 must be a str or bytes object, not {}", vm.type_name(given))));
    };
    let format = Format::parse(vm, &data)?;
    Ok((String::from_utf8_lossy(&data).into_owned(), format))
}

/// The `Struct` of a format; the last ones used are remembered, a hundred at most.
fn structure(vm: &Vm, given: &Obj) -> PyResult {
    let key = leaf::text(given).or_else(|| given.get::<Bytes>().map(Bytes::as_bytes));
    if let Some(known) = key.and_then(|key| vm.state.structs.borrow().get(key).cloned()) {
        return Ok(vm.new_object(&vm.types.struct_, Struct { text: RefCell::new(text_of(key)), format: RefCell::new(known) }));
    }
    let format = format_of(vm, given)?;
    Ok(vm.new_object(&vm.types.struct_, Struct { text: RefCell::new(text_of(key)), format: RefCell::new(format) }))
}

fn text_of(key: Option<&[u8]>) -> String {
    String::from_utf8_lossy(key.unwrap_or_default()).into_owned()
}

/// The format, from the cache if it is there.
fn format_of(vm: &Vm, given: &Obj) -> PyResult<std::rc::Rc<Format>> {
    let key = leaf::text(given).or_else(|| given.get::<Bytes>().map(Bytes::as_bytes));
    if let Some(known) = key.and_then(|key| vm.state.structs.borrow().get(key).cloned()) {
        return Ok(known);
    }
    let format = std::rc::Rc::new(read(vm, given)?.1);
    if let Some(key) = key {
        let mut cache = vm.state.structs.borrow_mut();
        if cache.len() >= 100 {
            cache.clear();
        }
        cache.insert(key.to_vec(), format.clone());
    }
    Ok(format)
}

fn with_format(vm: &Vm, args: Args<'_>, action: fn(&Vm, &Format, Args<'_>) -> PyResult) -> PyResult {
    let Some(format) = args.get(0) else { return Err(vm.type_error("missing format argument")) };
    action(vm, &*format_of(vm, format)?, Args::positional(&args.pos()[1..]))
}

fn packed(vm: &Vm, format: &Format, values: &[Obj], out: &mut [u8]) -> PyResult<()> {
    out.fill(0);
    let mut values = values.iter();
    for code in &format.codes {
        for i in 0..code.repeat {
            let value = values.next().expect("the values were counted");
            let start = code.offset + i * code.size;
            item::pack(vm, code, value, &mut out[start..start + code.size], format.big_endian)?;
        }
    }
    Ok(())
}

fn unpacked(vm: &Vm, format: &Format, raw: &[u8]) -> Obj {
    let mut values = Vec::with_capacity(format.values);
    for code in &format.codes {
        for i in 0..code.repeat {
            let start = code.offset + i * code.size;
            values.push(item::unpack(vm, code, &raw[start..start + code.size], format.big_endian));
        }
    }
    vm.tuple(values)
}

fn pack(vm: &Vm, format: &Format, args: Args<'_>) -> PyResult {
    let values = args.pos();
    if values.len() != format.values {
        return Err(error(vm, format!("pack expected {} items for packing (got {})", format.values, values.len())));
    }
    let mut out = vec![0; format.size];
    packed(vm, format, values, &mut out)?;
    Ok(vm.bytes(&out))
}

fn pack_into(vm: &Vm, format: &Format, args: Args<'_>) -> PyResult {
    let (buffer, offset, values) = match args.pos() {
        [buffer, offset, values @ ..] if values.len() == format.values => (buffer, offset, values),
        [] => return Err(error(vm, "pack_into expected buffer argument")),
        [_] => return Err(error(vm, "pack_into expected offset argument")),
        [_, _, values @ ..] => {
            return Err(error(vm, format!("pack_into expected {} items for packing (got {})", format.values, values.len())));
        }
    };
    let size = format.size as isize;
    let (start, _) = vm.with_writable(buffer, |data| data.len())?.map_or_else(
        || Err(vm.type_error(format!("argument must be read-write bytes-like object, not {}", vm.type_name(buffer)))),
        |length| {
            let (given, length) = (vm.index_isize(offset)?, length as isize);
            let mut offset = given;
            if offset < 0 {
                if offset + size > 0 {
                    return Err(error(vm, format!("no space to pack {size} bytes at offset {offset}")));
                }
                if offset + length < 0 {
                    return Err(error(vm, format!("offset {offset} out of range for {length}-byte buffer")));
                }
                offset += length;
            }
            if length - offset < size {
                return Err(error(
                    vm,
                    format!(
                        "pack_into requires a buffer of at least {} bytes for packing {size} bytes at offset {offset} (actual buffer size is {length})",
                        size as u128 + offset as u128
                    ),
                ));
            }
            Ok((offset as usize, length))
        },
    )?;
    let mut out = vec![0; format.size];
    packed(vm, format, values, &mut out)?;
    vm.with_writable(buffer, |data| {
        if let Some(place) = data.get_mut(start..start + out.len()) {
            place.copy_from_slice(&out);
        }
    })?;
    Ok(vm.none())
}

fn unpack(vm: &Vm, format: &Format, buffer: &Obj) -> PyResult {
    let data = vm.need_bytes(buffer)?;
    if data.len() != format.size {
        return Err(error(vm, format!("unpack requires a buffer of {} bytes", format.size)));
    }
    Ok(unpacked(vm, format, &data))
}

fn unpack_from(vm: &Vm, format: &Format, buffer: Option<&Obj>, offset: Option<&Obj>) -> PyResult {
    let data = vm.need_bytes(buffer.unwrap_or(&vm.consts.none))?;
    let mut offset = offset.map_or(Ok(0), |offset| vm.index_isize(offset))?;
    let (size, length) = (format.size as isize, data.len() as isize);
    if offset < 0 {
        if offset + size > 0 {
            return Err(error(vm, format!("not enough data to unpack {size} bytes at offset {offset}")));
        }
        if offset + length < 0 {
            return Err(error(vm, format!("offset {offset} out of range for {length}-byte buffer")));
        }
        offset += length;
    }
    if length - offset < size {
        return Err(error(
            vm,
            format!(
                "unpack_from requires a buffer of at least {} bytes for unpacking {size} bytes at offset {offset} (actual buffer size is {length})",
                size as u128 + offset as u128
            ),
        ));
    }
    Ok(unpacked(vm, format, &data[offset as usize..(offset + size) as usize]))
}

fn iter_unpack(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let (format, buffer) = (own(this).format(), &args.pos()[0]);
    if format.size == 0 {
        return Err(error(vm, "cannot iteratively unpack with a struct of length 0"));
    }
    if vm.need_bytes(buffer)?.len() % format.size != 0 {
        return Err(error(vm, format!("iterative unpacking requires a buffer of a multiple of {} bytes", format.size)));
    }
    let iterator = UnpackIterator { structure: this.clone().into(), buffer: buffer.clone().into(), at: Cell::new(0) };
    Ok(vm.heap.alloc(iterator).tracked())
}
