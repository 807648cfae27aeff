//! How an array is pickled: as a list for the old protocols, as bytes with a number for their layout since protocol 3.

use heap::Obj;

use super::item::Type;
use super::{Array, items, made_of, own};
use crate::objects::leaf;
use crate::{Args, PyResult, Vm};

/// The machine formats of `_array_reconstructor`: letter, code of the little-endian layout, and whether the next code is big-endian.
const LAYOUTS: &[(u8, i64)] = &[
    (b'B', 0),
    (b'b', 1),
    (b'H', 2),
    (b'h', 4),
    (b'I', 6),
    (b'i', 8),
    (b'L', 10),
    (b'l', 12),
    (b'Q', 10),
    (b'q', 12),
    (b'f', 14),
    (b'd', 16),
    (b'u', 20),
    (b'w', 20),
];

pub(super) fn reduce(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let protocol = vm.index_isize(&args.pos()[0])?;
    let array: &Array = own(this);
    let dict = vm.getattr_opt_str(this, "__dict__")?.unwrap_or_else(|| vm.none());
    let letter = vm.str(&char::from(array.kind.letter).to_string());
    let class = vm.class_of(this);
    let layout = LAYOUTS.iter().find(|(known, _)| *known == array.kind.letter).map(|(_, layout)| *layout);
    match layout.filter(|_| protocol >= 3) {
        Some(layout) => {
            let module = vm.import_module("array")?;
            let build = vm.getattr_str(&module, "_array_reconstructor")?;
            let data = vm.bytes(&array.data.to_vec());
            Ok(vm.tuple(vec![build, vm.tuple(vec![class, letter, vm.int(layout), data]), dict]))
        }
        None => {
            let list = vm.list(items(vm, this)?);
            Ok(vm.tuple(vec![class, vm.tuple(vec![letter, list]), dict]))
        }
    }
}

pub(super) fn reconstruct(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [class, letter, layout, data] = args.check(vm, "_array_reconstructor", 4, 4)? else { unreachable!("four arguments were checked") };
    if !vm.is_subclass(class, &vm.types.array)? {
        return Err(vm.type_error("_array_reconstructor() argument 1 must be a subtype of array.array"));
    }
    let Some(kind) = leaf::text(letter).and_then(|text| text.first()).and_then(|&letter| Type::of(letter)) else {
        return Err(vm.value_error("second parameter must be a valid type code"));
    };
    let layout = vm.index_isize(layout)? as i64;
    if !(0..=21).contains(&layout) {
        return Err(vm.value_error("third parameter must be a valid machine format code."));
    }
    let Some(bytes) = data.get::<heap::Bytes>() else {
        return Err(vm.type_error(format!("fourth argument should be bytes, not {}", vm.type_name(data))));
    };
    let size = match layout {
        0 | 1 => 1,
        2..=5 | 18 | 19 => 2,
        6..=9 | 14 | 15 | 20 | 21 => 4,
        _ => 8,
    };
    if bytes.as_bytes().len() % size != 0 {
        return Err(vm.value_error("string length not a multiple of item size"));
    }
    let mut raw = bytes.as_bytes().to_vec();
    if layout % 2 == 1 && layout > 1 {
        raw.chunks_exact_mut(size).for_each(<[u8]>::reverse);
    }
    Ok(made_of(vm, class, kind, raw))
}
