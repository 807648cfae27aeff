//! What changes an array. Its room grows as `array_resize` lets it grow, because `sys.getsizeof` shows it.

use heap::{List, Obj};

use super::{Array, find, item, item_at, len, own, packed, place};
use crate::objects::{leaf, sequence, slice::Slice};
use crate::{Args, PyResult, Vm};

/// Changes the items' bytes, unless a view forbids a new size.
pub(super) fn resize<R>(vm: &Vm, this: &Obj, change: impl FnOnce(&mut Vec<u8>) -> R) -> PyResult<R> {
    let (array, before) = (own(this), len(this));
    if array.data.is_exported() {
        return Err(vm.buffer_error("cannot resize an array that is exporting buffers"));
    }
    let result = array.data.change(vm, change)?;
    let size = len(this);
    let room = array.allocated.get();
    if !(room >= size && before < size + 16 && room > 0) {
        array.allocated.set(if size == 0 { 0 } else { (size >> 4) + if before < 8 { 3 } else { 7 } + size });
    }
    Ok(result)
}

pub(super) fn append(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    push(vm, this, &args.pos()[0])?;
    Ok(vm.none())
}

fn push(vm: &Vm, this: &Obj, value: &Obj) -> PyResult<()> {
    let kind = own(this).kind;
    let raw = item::pack(vm, kind, value)?.to_le_bytes();
    resize(vm, this, |all| all.extend_from_slice(&raw[..kind.size]))
}

pub(super) fn insert(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "insert", 2, 2)?;
    let (at, length) = (vm.index_isize(&args[0])?, len(this) as isize);
    let at = if at < 0 { (at + length).max(0) } else { at.min(length) } as usize;
    let kind = own(this).kind;
    let raw = item::pack(vm, kind, &args[1])?.to_le_bytes();
    let start = at.min(len(this)) * kind.size;
    resize(vm, this, |all| drop(all.splice(start..start, raw[..kind.size].iter().copied())))?;
    Ok(vm.none())
}

pub(super) fn clear(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    resize(vm, this, Vec::clear)?;
    Ok(vm.none())
}

fn delete(vm: &Vm, this: &Obj, start: usize, count: usize) -> PyResult<()> {
    let size = own(this).kind.size;
    resize(vm, this, |all| drop(all.drain(start * size..(start + count) * size)))
}

pub(super) fn pop(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "pop", 0, 1)?;
    let at = args.first().map_or(Ok(-1), |at| vm.index_isize(at))?;
    let length = len(this) as isize;
    if length == 0 {
        return Err(vm.index_error("pop from empty array"));
    }
    let at = if at < 0 { at + length } else { at };
    if !(0..length).contains(&at) {
        return Err(vm.index_error("pop index out of range"));
    }
    let item = item_at(vm, this, at as usize)?;
    delete(vm, this, at as usize, 1)?;
    Ok(item)
}

pub(super) fn remove(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    match find(vm, this, &args.pos()[0], 0, usize::MAX)? {
        Some(at) => delete(vm, this, at, 1).map(|()| vm.none()),
        None => Err(vm.value_error("array.remove(x): x not in array")),
    }
}

/// Puts the items in another order; their number stays.
fn rearrange(vm: &Vm, this: &Obj, order: impl FnOnce(&mut Vec<&[u8]>)) -> PyResult {
    let (all, size) = (own(this).data.to_vec(), own(this).kind.size);
    let mut items: Vec<&[u8]> = all.chunks_exact(size).collect();
    order(&mut items);
    let data = items.concat();
    own(this).data.change(vm, |all| *all = data)?;
    Ok(vm.none())
}

pub(super) fn reverse(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    rearrange(vm, this, |items| items.reverse())
}

pub(super) fn byteswap(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    let size = own(this).kind.size;
    own(this).data.change(vm, |all| all.chunks_exact_mut(size).for_each(<[u8]>::reverse))?;
    Ok(vm.none())
}

/// Where the items would be in memory, and how many.
pub(super) fn buffer_info(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    // The items' own address is not modelled: they stand right behind the object.
    Ok(vm.pair(vm.uint(this.id() + 64), vm.uint(len(this) as u64)))
}

pub(super) fn extend(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    extend_with(vm, this, &args.pos()[0])?;
    Ok(vm.none())
}

/// `array_do_extend` for an array of the same type, one item after another for anything else.
pub(super) fn extend_with(vm: &Vm, this: &Obj, other: &Obj) -> PyResult<()> {
    if let Some(array) = other.get::<Array>() {
        if array.kind != own(this).kind {
            return Err(vm.type_error("can only extend with array of same kind"));
        }
        let data = array.data.to_vec();
        return resize(vm, this, |all| all.extend(data));
    }
    vm.iterate(other, &mut |item| push(vm, this, &item))
}

pub(super) fn fromlist(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let Some(list) = args.pos()[0].get::<List>() else { return Err(vm.type_error("arg must be list")) };
    let data = packed(vm, own(this).kind, &list.to_vec())?;
    if !data.is_empty() {
        resize(vm, this, |all| all.extend(data))?;
    }
    Ok(vm.none())
}

pub(super) fn frombytes(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    add_bytes(vm, this, &vm.need_bytes(&args.pos()[0])?)?;
    Ok(vm.none())
}

pub(super) fn add_bytes(vm: &Vm, this: &Obj, data: &[u8]) -> PyResult<()> {
    if !data.len().is_multiple_of(own(this).kind.size) {
        return Err(vm.value_error("bytes length not a multiple of item size"));
    }
    if data.is_empty() {
        return Ok(());
    }
    resize(vm, this, |all| all.extend_from_slice(data))
}

pub(super) fn fromfile(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "fromfile", 2, 2)?;
    let n = vm.index_isize(&args[1])?;
    if n < 0 {
        return Err(vm.value_error("negative count"));
    }
    let wanted = n as usize * own(this).kind.size;
    let data = vm.call_method(&args[0], "read", &[vm.uint(wanted as u64)])?;
    let Some(data) = data.get::<heap::Bytes>() else { return Err(vm.type_error("read() didn't return bytes")) };
    add_bytes(vm, this, data.as_bytes())?;
    if data.as_bytes().len() != wanted {
        return Err(vm.eof_error("read() didn't return enough bytes"));
    }
    Ok(vm.none())
}

pub(super) fn fromunicode(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let given = &args.pos()[0];
    let Some(text) = leaf::text(given) else {
        return Err(vm.type_error(format!("fromunicode() argument must be str, not {}", vm.type_name(given))));
    };
    if !own(this).kind.is_unicode() {
        return Err(vm.value_error("fromunicode() may only be called on unicode type arrays ('u' or 'w')"));
    }
    add_text(vm, this, text)?;
    Ok(vm.none())
}

pub(super) fn add_text(vm: &Vm, this: &Obj, text: &[u8]) -> PyResult<()> {
    let data: Vec<u8> = crate::text::wtf8::code_points(text).flat_map(u32::to_le_bytes).collect();
    if data.is_empty() { Ok(()) } else { resize(vm, this, |all| all.extend(data)) }
}

pub(super) fn ass_subscript(vm: &Vm, this: &Obj, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
    if vm.has_index(key) {
        let out_of_range = || vm.index_error("array assignment index out of range");
        let at = place(vm, this, key)?.ok_or_else(out_of_range)?;
        let Some(value) = value else { return delete(vm, this, at, 1) };
        let kind = own(this).kind;
        let raw = item::pack(vm, kind, value)?.to_le_bytes();
        // The value's `__index__` may have taken items away; a place that is gone is left alone.
        raw[..kind.size].iter().enumerate().for_each(|(i, &byte)| own(this).data.set(at * kind.size + i, byte));
        return Ok(());
    }
    let Some(slice) = key.get::<Slice>() else { return Err(vm.type_error("array indices must be integers")) };
    let (start, stop, step) = vm.slice_unpack(slice)?;
    let data = match value {
        None => Vec::new(),
        Some(value) => {
            let Some(other) = value.get::<Array>() else {
                return Err(vm.type_error(format!("can only assign array (not \"{}\") to array slice", vm.type_name(value))));
            };
            if other.kind != own(this).kind {
                return Err(vm.type_error("bad argument type for built-in operation"));
            }
            other.data.to_vec()
        }
    };
    let places = sequence::adjust(len(this), start, stop, step);
    let size = own(this).kind.size;
    if places.step == 1 {
        let first = places.start as usize * size;
        let same = data.len() == places.count * size;
        let splice = move |all: &mut Vec<u8>| drop(all.splice(first..first + places.count * size, data));
        return if same { own(this).data.change(vm, splice) } else { resize(vm, this, splice) };
    }
    if value.is_some() {
        if data.len() != places.count * size {
            let given = data.len() / size;
            return Err(vm.value_error(format!("attempt to assign array of size {given} to extended slice of size {}", places.count)));
        }
        let targets: Vec<usize> = places.iter().collect();
        return own(this).data.change(vm, |all| {
            for (at, raw) in targets.iter().zip(data.chunks_exact(size)) {
                all[at * size..(at + 1) * size].copy_from_slice(raw);
            }
        });
    }
    let gone: std::collections::HashSet<usize> = places.iter().collect();
    resize(vm, this, |all| {
        let kept = all.chunks_exact(size).enumerate().filter(|(at, _)| !gone.contains(at)).flat_map(|(_, raw)| raw.to_vec()).collect();
        *all = kept;
    })
}
