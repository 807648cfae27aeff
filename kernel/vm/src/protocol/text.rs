//! `repr`, `str`, `ascii`, `format` (`Objects/object.c`).

use heap::{Int, Obj, Str};

use crate::text::repr::push_bytes_of_array;
use crate::{PyResult, Vm, kinds};

impl Vm {
    /// `repr(obj)`.
    pub fn repr(&self, obj: &Obj) -> PyResult {
        self.check_pending()?;
        let class = self.class_of(obj);
        let Some(repr) = self.class(&class).slots.repr.get() else {
            return Ok(self.str(&format!("<{} object at {:#x}>", self.class_name(&class), obj.id())));
        };
        let text = self.guarded(" while getting the repr of an object", || repr(self, obj))?;
        if text.get::<Str>().is_none() {
            return Err(self.type_error(format!("__repr__ returned non-string (type {})", self.type_name(&text))));
        }
        Ok(text)
    }

    /// `str(obj)`.
    pub fn str_of(&self, obj: &Obj) -> PyResult {
        self.check_pending()?;
        match obj.kind() {
            heap::Kind::STR => return Ok(obj.clone()),
            heap::Kind::INT => return Ok(self.heap.str_decimal(obj.get::<Int>().map_or(0, |int| int.0))),
            _ => {}
        }
        let Some(str) = self.with_class(obj, |class| class.slots.str.get()) else { return self.repr(obj) };
        let text = self.guarded(" while getting the str of an object", || str(self, obj))?;
        if text.get::<Str>().is_none() {
            return Err(self.type_error(format!("__str__ returned non-string (type {})", self.type_name(&text))));
        }
        Ok(text)
    }

    /// `str(obj)` for a message.
    pub fn text_of(&self, obj: &Obj) -> PyResult<String> {
        Ok(self.lossy(&self.str_of(obj)?))
    }

    /// `repr(obj)` for a message.
    pub fn repr_text(&self, obj: &Obj) -> PyResult<String> {
        Ok(self.lossy(&self.repr(obj)?))
    }

    /// `repr(obj)` for a place that has room for `most` characters: of a long `bytearray` only the start is written.
    pub fn repr_start(&self, obj: &Obj, most: usize) -> PyResult<String> {
        let is_array = obj.kind() == kinds::BYTE_ARRAY && obj.extra().is_none();
        match self.bytes_like(obj).filter(|data| is_array && data.len() > most) {
            Some(data) => {
                let mut start = "bytearray(b".to_owned();
                push_bytes_of_array(&mut start, &data[..most]);
                Ok(start)
            }
            None => self.repr_text(obj),
        }
    }

    /// `ascii(obj)`.
    pub fn ascii(&self, obj: &Obj) -> PyResult {
        let text = self.repr(obj)?;
        let Some(payload) = text.get::<Str>().filter(|text| !text.is_ascii()) else { return Ok(text) };
        let mut out = String::new();
        for c in code_points(payload.as_bytes()) {
            match c {
                0..0x80 => out.push(c as u8 as char),
                0x80..0x100 => out += &format!("\\x{c:02x}"),
                0x100..0x10000 => out += &format!("\\u{c:04x}"),
                _ => out += &format!("\\U{c:08x}"),
            }
        }
        Ok(self.str(&out))
    }

    /// `format(obj, spec)`.
    pub fn format(&self, obj: &Obj, spec: &Obj) -> PyResult {
        let empty = spec.get::<Str>().is_some_and(|spec| spec.as_bytes().is_empty());
        if empty && obj.kind() == heap::Kind::STR {
            return Ok(obj.clone());
        }
        if empty && obj.kind() == heap::Kind::INT {
            return self.str_of(obj);
        }
        let Some(special) = self.special(obj, &self.names.__format__)? else {
            return Err(self.type_error(format!("Type {} doesn't define __format__", self.type_name(obj))));
        };
        let _bound = self.passing_bound(&special);
        let text = self.call_special(&special, obj, &[spec])?;
        if text.get::<Str>().is_none() {
            return Err(self.type_error(format!("__format__ must return a str, not {}", self.type_name(&text))));
        }
        Ok(text)
    }

    /// `Py_ReprEnter`: true if the object's `repr` is running already. Pair it with [`Vm::repr_leave`].
    pub fn repr_enter(&self, obj: &Obj) -> bool {
        if self.state.thread_dict.is_empty() {
            // CPython keeps the list of the objects in the thread's dict. Both come into being now, and stay.
            let dict = self.new_dict();
            self.dict_set_str(&dict, "Py_Repr", self.list(Vec::new()));
            self.state.thread_dict.set(dict);
        }
        let mut stack = self.repr_stack.borrow_mut();
        let running = stack.contains(&obj.id());
        if !running {
            stack.push(obj.id());
        }
        running
    }

    /// `Py_ReprLeave`.
    pub fn repr_leave(&self, obj: &Obj) {
        let mut stack = self.repr_stack.borrow_mut();
        if let Some(at) = stack.iter().rposition(|&id| id == obj.id()) {
            stack.remove(at);
        }
    }
}

/// The code points of WTF-8, lone surrogates included.
pub(crate) fn code_points(text: &[u8]) -> impl Iterator<Item = u32> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let first = *text.get(at)? as u32;
        let (n, mut c) = match first {
            0..0x80 => (1, first),
            0x80..0xE0 => (2, first & 0x1F),
            0xE0..0xF0 => (3, first & 0x0F),
            _ => (4, first & 0x07),
        };
        for &next in text.get(at + 1..at + n)? {
            c = c << 6 | (next as u32 & 0x3F);
        }
        at += n;
        Some(c)
    })
}
