//! Objects as text, much as `repr` writes them: what `{:?}` shows in a Rust program, in a failed assertion, in a notebook.
//!
//! Only what the heap can know by itself: the values of builtin kinds, and of everything else what it is and where. Nothing is called, no
//! count changes, and what is nested deeper than a reader can follow is cut off.

use std::fmt::{self, Formatter, Write as _};

use crate::heap::Heap;
use crate::kind::Kind;
use crate::object::Obj;
use crate::{Bytes, CellVar, Dict, Float, FrozenSet, Int, List, PERMANENT, Set, Str, WeakRef};

/// What is nested deeper is shown as dots.
const DEEPEST: usize = 50;

impl fmt::Debug for Obj {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write(self, f, &mut Vec::new())
    }
}

impl fmt::Debug for Heap {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let tracked: [usize; PERMANENT + 1] = std::array::from_fn(|generation| self.tracked_objects(Some(generation)).len());
        f.debug_struct("Heap")
            .field("objects", &self.len())
            .field("generations", &&tracked[..PERMANENT])
            .field("frozen", &tracked[PERMANENT])
            .finish()
    }
}

/// Writes an object; `inside` are the ids of those that are being written.
fn write(obj: &Obj, f: &mut Formatter<'_>, inside: &mut Vec<u64>) -> fmt::Result {
    match obj.kind() {
        Kind::BOOL => return f.write_str(if obj.as_int() == Some(1) { "True" } else { "False" }),
        Kind::INT => return write!(f, "{}", obj.get::<Int>().map_or(0, |int| int.0)),
        Kind::FLOAT => return write!(f, "{:?}", obj.get::<Float>().map_or(0.0, |float| float.0)),
        Kind::STR => return text(obj.get::<Str>().map_or(&[], Str::as_bytes), f),
        Kind::BYTES => return bytes(obj.get::<Bytes>().map_or(&[], Bytes::as_bytes), f),
        Kind::CELL => return cell(obj, f),
        Kind::WEAKREF => return weakref(obj, f),
        Kind::LIST | Kind::TUPLE | Kind::DICT | Kind::SET | Kind::FROZENSET => {}
        Kind::INSTANCE => return write!(f, "<{} at {:#x}>", class_name(obj), obj.id()),
        kind => return write!(f, "<{kind} at {:#x}>", obj.id()),
    }
    if inside.contains(&obj.id()) || inside.len() == DEEPEST {
        return f.write_str(match obj.kind() {
            Kind::LIST => "[...]",
            Kind::TUPLE => "(...)",
            Kind::DICT => "{...}",
            _ => "set(...)",
        });
    }
    inside.push(obj.id());
    container(obj, f, inside)?;
    inside.pop();
    Ok(())
}

fn container(obj: &Obj, f: &mut Formatter<'_>, inside: &mut Vec<u64>) -> fmt::Result {
    if let Some(list) = obj.get::<List>() {
        return row("[", &list.to_vec(), "]", f, inside);
    }
    if let Some(tuple) = obj.as_tuple() {
        return row("(", tuple.items(), if tuple.len() == 1 { ",)" } else { ")" }, f, inside);
    }
    if let Some(dict) = obj.get::<Dict>() {
        f.write_char('{')?;
        let (mut position, mut separator) = (0, "");
        while let Some((key, value)) = dict.next_entry(&mut position) {
            f.write_str(separator)?;
            write(&key, f, inside)?;
            f.write_str(": ")?;
            write(&value, f, inside)?;
            separator = ", ";
        }
        return f.write_char('}');
    }
    let frozen = obj.kind() == Kind::FROZENSET;
    let members = match obj.get::<FrozenSet>() {
        Some(set) => set.0.to_vec(),
        None => obj.get::<Set>().map_or_else(Vec::new, Set::to_vec),
    };
    match (frozen, members.is_empty()) {
        (true, true) => f.write_str("frozenset()"),
        (true, false) => row("frozenset({", &members, "})", f, inside),
        (false, true) => f.write_str("set()"),
        (false, false) => row("{", &members, "}", f, inside),
    }
}

fn row(open: &str, items: &[Obj], close: &str, f: &mut Formatter<'_>, inside: &mut Vec<u64>) -> fmt::Result {
    f.write_str(open)?;
    for (index, item) in items.iter().enumerate() {
        f.write_str(if index == 0 { "" } else { ", " })?;
        write(item, f, inside)?;
    }
    f.write_str(close)
}

/// The name of an instance's class, where a text serves as class.
fn class_name(obj: &Obj) -> String {
    obj.class().and_then(|class| class.as_str().map(str::to_owned)).unwrap_or_else(|| "object".to_owned())
}

fn cell(obj: &Obj, f: &mut Formatter<'_>) -> fmt::Result {
    let value = obj.get::<CellVar>().and_then(|cell| cell.value.get());
    match value {
        None => write!(f, "<cell at {:#x}: empty>", obj.id()),
        Some(value) => write!(f, "<cell at {:#x}: {} object at {:#x}>", obj.id(), value.kind(), value.id()),
    }
}

fn weakref(obj: &Obj, f: &mut Formatter<'_>) -> fmt::Result {
    match obj.get::<WeakRef>().and_then(WeakRef::target) {
        None => write!(f, "<weakref at {:#x}; dead>", obj.id()),
        Some(target) => write!(f, "<weakref at {:#x}; to {} at {:#x}>", obj.id(), target.kind(), target.id()),
    }
}

/// A text in quotes: in double ones if that saves a backslash.
fn text(data: &[u8], f: &mut Formatter<'_>) -> fmt::Result {
    let text = String::from_utf8_lossy(data);
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    f.write_char(quote)?;
    for c in text.chars() {
        match c {
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            c if c == quote => write!(f, "\\{c}")?,
            c if c.is_ascii_control() => write!(f, "\\x{:02x}", c as u32)?,
            c => f.write_char(c)?,
        }
    }
    f.write_char(quote)
}

fn bytes(data: &[u8], f: &mut Formatter<'_>) -> fmt::Result {
    f.write_str("b'")?;
    data.iter().try_for_each(|byte| match byte {
        b'\'' | b'\\' => write!(f, "\\{}", char::from(*byte)),
        b' '..=b'~' => f.write_char(char::from(*byte)),
        byte => write!(f, "\\x{byte:02x}"),
    })?;
    f.write_char('\'')
}

#[cfg(test)]
mod tests {
    use crate::Heap;

    #[test]
    fn builtin_objects_look_as_in_python() {
        let heap = Heap::new();
        let list = heap.list([heap.int(1), heap.float(2.5), heap.str("it's"), heap.bytes(b"a'\0"), heap.tuple([heap.bool(true)])]);
        list.append(&list);
        assert_eq!(format!("{list:?}"), r#"[1, 2.5, "it's", b'a\'\x00', (True,), [...]]"#);
        let dict = heap.dict();
        dict.set_item("me", &dict);
        assert_eq!(format!("{dict:?}"), "{'me': {...}}");
        let class = heap.str("Node");
        let node = heap.instance(&class, 0);
        assert_eq!(format!("{node:?}"), format!("<Node at {:#x}>", node.id()));
        assert_eq!(format!("{:?}", *heap), "Heap { objects: 11, generations: [3, 0, 0], frozen: 0 }");
        list.clear();
        dict.clear();
    }

    #[test]
    fn what_is_too_deep_is_cut_off() {
        let heap = Heap::new();
        let mut list = heap.list([]);
        for _ in 0..100_000 {
            list = heap.list([list]);
        }
        assert!(format!("{list:?}").contains("[...]"));
    }
}
